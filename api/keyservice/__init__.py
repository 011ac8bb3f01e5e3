"""The key service: an application by another operator, which sees blinded points only."""
