"""API v2: many records in one call."""
