"""The tables as they began. A migration never changes once it is released: the next one is a file of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes every table."""
    _catalogue()
    _made()
    _people()
    _access()


def _catalogue() -> None:
    op.create_table(
        "pages",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
    )
    op.create_table(
        "bodies",
        sa.Column("page", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("packed", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "rejected",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("source", sa.Text, nullable=False, index=True),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("advice", sa.Text, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
    )
    op.create_table("hidden", sa.Column("item", sa.Text, primary_key=True))
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def _made() -> None:
    op.create_table(
        "records",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("stamp", sa.Text, nullable=False, unique=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_records_step_stamp", "records", ["step", "stamp"])
    op.create_table(
        "releases",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("items", sa.BigInteger, nullable=False),
        sa.Column("passages", sa.BigInteger, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "uses",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("release", sa.Text, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "slates",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("recomm_id", sa.Text, nullable=False, unique=True),
        sa.Column("user", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False, index=True),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    _partial_index("ix_slates_user", "slates", "user")
    op.create_table(
        "events",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
        sa.Column("recomm_id", sa.Text),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.UniqueConstraint("user", "item", "kind", name="uq_events_user_item_kind"),
    )
    _partial_index("ix_events_recomm_id", "events", "recomm_id")
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("subscribe", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
    )


def _partial_index(name: str, table: str, column: str) -> None:
    stated = sa.text(f'"{column}" IS NOT NULL')
    op.create_index(name, table, [column], sqlite_where=stated, postgresql_where=stated)


def _access() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "answers",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("recomm_id", sa.Text),
        sa.Column("user", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False, index=True),
    )
