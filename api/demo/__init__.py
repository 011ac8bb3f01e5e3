"""`creneau demo`: from nothing to a plan, and from the plan to people who book it."""
