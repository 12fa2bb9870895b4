"""Alembic runs this. The caller brings the connection and its transaction."""

from alembic import context

from bot.store import practice  # noqa: F401 - its tables belong to the metadata
from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
