"""Who works here: tokens and roles, the centre's day, and the chain of everything they did."""
