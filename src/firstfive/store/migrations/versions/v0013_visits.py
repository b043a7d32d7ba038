"""Which visit each answer was given in, where it is not the user."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Adds the column and its index, and fills it for seekers who are known again: only their visits have two names."""
    op.add_column("slates", sa.Column("visit", sa.Text))
    op.create_index(
        "ix_slates_visit",
        "slates",
        ["visit"],
        sqlite_where=sa.text("visit IS NOT NULL"),
        postgresql_where=sa.text("visit IS NOT NULL"),
    )
    slates = sa.table("slates", *(sa.column(name) for name in ("number", "user", "body", "visit")))
    known = sa.select(slates.c.number).where(slates.c.user.startswith("seeker-"))
    connection = op.get_bind()
    for number in connection.scalars(known).all():
        this = slates.c.number == number
        body = connection.scalars(sa.select(slates.c.body).where(this)).one()
        connection.execute(sa.update(slates).where(this).values(visit=json.loads(body)["request"].get("visit")))


def downgrade() -> None:
    """Drops both: such a visit is then erased with its seeker alone."""
    op.drop_index("ix_slates_visit", "slates")
    with op.batch_alter_table("slates") as table:
        table.drop_column("visit")
