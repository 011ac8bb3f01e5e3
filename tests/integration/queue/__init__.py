"""The waiting room on a database."""
