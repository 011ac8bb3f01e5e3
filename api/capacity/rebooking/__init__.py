"""Whoever loses a slot gets the nearest one there is, at once, or is listed as displaced."""
