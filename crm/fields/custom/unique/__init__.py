"""Custom fields whose value belongs to one record only."""
