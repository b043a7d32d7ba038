"""What models cost and how often they may be asked, their replies, batch jobs, and the labels of prompts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = ("reservations", "accounts", "buckets", "replies", "batch_jobs", "labels")


def upgrade() -> None:
    """Makes the tables."""
    _money()
    op.create_table(
        "buckets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("full_at", sa.BigInteger, nullable=False),
        sa.Column("paused_until", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    _replies()
    op.create_table(
        "labels",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )


def _money() -> None:
    op.create_table(
        "reservations",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("nano", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("accounts", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("settled_nano", sa.BigInteger, nullable=False),
        sa.Column("settled_tokens", sa.BigInteger, nullable=False),
        sa.Column("open_nano", sa.BigInteger, nullable=False),
        sa.Column("open_tokens", sa.BigInteger, nullable=False),
        sa.Column("calls", sa.BigInteger, nullable=False),
        sa.Column("unknown", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
    )


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("stamp", sa.Text, nullable=False, unique=True),
        sa.Column("created", sa.BigInteger, nullable=False, index=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "batch_jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("calls", sa.LargeBinary, nullable=False),
        sa.Column("reservation", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drops the tables: what was spent is forgotten with them."""
    for name in TABLES:
        op.drop_table(name)
    op.execute("DELETE FROM counters WHERE name = 'reply_bytes'")
