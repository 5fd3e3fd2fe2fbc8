"""What a report asks, and how the database answers."""
