"""Holding, confirming, reading, moving and cancelling: a pair of doses, or one, never half."""
