"""Sign-on of the staff."""
