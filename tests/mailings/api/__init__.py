"""API v2 and mailings."""
