"""Indexes on the values of custom fields marked as quick."""
