"""What the words mean: content given a typed, frozen shape. Never Django, never the index."""
