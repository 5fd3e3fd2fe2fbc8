"""The values of custom fields: stored, read, typed and turned into other types."""
