"""Templates of emails and notes."""
