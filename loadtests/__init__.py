"""Benches of the command line, with peers in the same run."""
