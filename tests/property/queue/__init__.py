"""The waiting room, by simulation."""
