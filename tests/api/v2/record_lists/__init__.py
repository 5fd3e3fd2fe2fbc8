"""Counting records and Trash by API v2."""
