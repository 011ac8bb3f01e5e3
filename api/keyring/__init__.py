"""Keys of centres: wrapped for their staff, signed for everybody, destroyed in the end."""
