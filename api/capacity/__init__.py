"""What can be booked: publishing, hand changes, and re-booking whoever lost a slot."""
