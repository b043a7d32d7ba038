"""Events are found by kind alone, by user in their order, and counted by item, each from an index."""

from alembic import op

revision = "0002"
down_revision = "0001"

INDEXES = {
    "ix_events_user_number": ["user", "number"],
    "ix_events_kind_number": ["kind", "number"],
    "ix_events_item_kind": ["item", "kind"],
}


def upgrade() -> None:
    """Makes the indexes: a few seconds for a million events."""
    for name, columns in INDEXES.items():
        op.create_index(name, "events", columns)
