"""A whole installation as one command: database, API workers, publisher, worker; kept running."""
