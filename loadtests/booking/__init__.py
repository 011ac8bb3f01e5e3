"""Booking under load: a campaign made by SQL, visitors who hold and confirm, and who asked what."""
