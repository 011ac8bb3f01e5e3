"""The one database: its tables, its migrations, and the PostgreSQL that comes with the package."""
