"""The built-in geography of France."""
