"""The schema's history, for Alembic. `jobwire.storage.migrate` applies it."""
