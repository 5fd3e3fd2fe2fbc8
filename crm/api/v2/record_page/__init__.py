"""What the page of a record shows beside its fields, in API v2: its history, its files and its emails."""
