"""How a Release came to be in use: who put it there, when, and what was measured for it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the column; what was put in use before says nothing."""
    op.add_column("uses", sa.Column("how", sa.Text))


def downgrade() -> None:
    """Drops the column: how Releases came to be in use is forgotten with it."""
    op.drop_column("uses", "how")
