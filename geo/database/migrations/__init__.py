"""Alembic revisions, run by `geo.database.migrate`."""
