"""API v2: our own calls, for what the two dialects can't do."""
