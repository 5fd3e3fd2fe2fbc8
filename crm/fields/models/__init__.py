"""Definitions of fields, tags and unique values."""
