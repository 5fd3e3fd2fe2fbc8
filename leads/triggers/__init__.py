"""What the database itself keeps up to date on leads."""
