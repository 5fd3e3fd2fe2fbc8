"""What a record type is, and which there are."""
