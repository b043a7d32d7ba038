"""Which measured numbers rest on a judge's grades, and by how many of people's labels these were corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the columns: nothing that was measured before is a judge's."""
    op.add_column("measurements", sa.Column("judge", sa.Text, nullable=False, server_default=""))
    op.add_column("measurements", sa.Column("labels", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drops what a judge said, which would pass for what people did, and the columns."""
    op.execute("DELETE FROM measurements WHERE judge != ''")
    with op.batch_alter_table("measurements") as table:
        table.drop_column("labels")
        table.drop_column("judge")
