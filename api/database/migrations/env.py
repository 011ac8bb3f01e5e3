"""Alembic's entry: runs on the connection it is given."""

from alembic import context

from api.database.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    # Somebody else's long transaction makes the upgrade fail, not the bookings wait.
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    context.run_migrations()
