"""What runs beside the requests: holds that end, offers, and jobs that take minutes."""
