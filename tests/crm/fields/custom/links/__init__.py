"""Custom fields that link to a record."""
