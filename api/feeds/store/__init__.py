"""All SQL of this room; it reads, and takes rows out of the outbox, nothing else."""
