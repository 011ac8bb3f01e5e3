"""Job queue of the workers (procrastinate), in a schema of its own."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply the schema that comes with the package; its later versions bring migrations along."""
    connection = op.get_bind()
    before = connection.exec_driver_sql("SHOW search_path").scalar_one()
    connection.exec_driver_sql("CREATE SCHEMA jobs")
    connection.exec_driver_sql("SET LOCAL search_path TO jobs")
    # Many statements, with % in them: past SQLAlchemy, which would look for parameters.
    plain = connection.connection.driver_connection
    assert plain is not None
    plain.execute(SchemaManager.get_schema())
    connection.exec_driver_sql(f"SET LOCAL search_path TO {before}")
