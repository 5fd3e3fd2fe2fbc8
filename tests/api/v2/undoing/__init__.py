"""Undoing operations and following jobs by API v2."""
