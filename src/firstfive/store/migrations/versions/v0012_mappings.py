"""Which columns of each source the last import took for what."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Adds the table: of imports before it nothing is known, so the next one guesses or is told."""
    op.create_table(
        "mappings",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("columns", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("mappings")
