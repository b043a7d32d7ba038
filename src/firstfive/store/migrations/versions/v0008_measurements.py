"""What was measured of each Release, so that quality can be seen over time."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes the table; what was measured before is not in it."""
    op.create_table(
        "measurements",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("questions", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("variant", sa.Text, nullable=False),
        sa.Column("made_up", sa.Boolean, nullable=False),
        sa.Column("median_ms", sa.Float),
        sa.Column("p95_ms", sa.Float),
        sa.Column("usd_per_1000", sa.Float),
    )


def downgrade() -> None:
    """Drops the table, and all that was measured with it."""
    op.drop_table("measurements")
