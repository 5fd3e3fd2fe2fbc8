"""Changing the type of a custom field with all its values."""
