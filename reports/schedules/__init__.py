"""Reports sent by email on a schedule."""
