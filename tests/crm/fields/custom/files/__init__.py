"""Custom fields whose value is a file."""
