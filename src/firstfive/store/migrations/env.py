"""What Alembic runs: the migrations, in the transaction that the caller began."""

from alembic import context

from firstfive.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
