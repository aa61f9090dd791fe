"""Alembic's way in: runs the revisions on the connection that `jobwire.storage.migrate` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
