"""What the public reads: files that a publisher of its own process writes, never the database."""
