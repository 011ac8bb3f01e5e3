"""Keys on files, for who prefers a terminal: a centre's, and the authority's that signs offline."""
