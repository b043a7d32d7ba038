"""What people label, what they and models said, and how models' trials as judges ended."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Four tables, and the indexes by which erasing finds their rows."""
    op.create_table(
        "pairs",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("qid", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("again", sa.Boolean, nullable=False),
        sa.Column("recomm_id", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("qid", "item", name="uq_pairs_qid_item"),
    )
    op.create_table(
        "grades",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("pair", sa.BigInteger, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("grade", sa.Integer),
        sa.Column("seconds", sa.Float),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("pair", "person", name="uq_grades_pair_person"),
    )
    op.create_table(
        "judged",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("recomm_id", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("judge", "about", "item", name="uq_judged_judge_about_item"),
    )
    op.create_table(
        "trials",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("things", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
    )
    for table in ("pairs", "judged"):
        for column in ("about", "recomm_id", "created"):
            op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Labels, judgements and verdicts are lost."""
    for table in ("trials", "judged", "grades", "pairs"):
        op.drop_table(table)
