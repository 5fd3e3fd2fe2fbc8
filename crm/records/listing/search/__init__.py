"""Finds records by words."""
