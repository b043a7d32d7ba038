"""A reply says whose words it holds; of one that was made before nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Quick: no row is written."""
    op.add_column("replies", sa.Column("about", sa.Text))
    op.create_index("ix_replies_about", "replies", ["about"])


def downgrade() -> None:
    """Replies stay."""
    op.drop_index("ix_replies_about", "replies")
    op.drop_column("replies", "about")
