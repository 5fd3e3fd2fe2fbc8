"""API v2: our own calls, where the two dialects do not reach."""
