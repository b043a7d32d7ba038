"""When each page first came in."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the column; of pages that came in before it is not known."""
    op.add_column("pages", sa.Column("first_seen", sa.BigInteger))


def downgrade() -> None:
    """Drops it: a learned ranking then does not know what is new."""
    with op.batch_alter_table("pages") as table:
        table.drop_column("first_seen")
