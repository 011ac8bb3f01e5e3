"""Sealed identities, person tags and keys: the pure half that pages, centres and tests share."""
