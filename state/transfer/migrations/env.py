"""Alembic's entry: runs the migrations on the connection that `state.transfer.migrate` hands over."""

from alembic import context

from state.tables import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most of a table in place: batch mode copies it.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True)
context.run_migrations()
