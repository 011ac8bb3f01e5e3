"""The waiting room, without a database."""
