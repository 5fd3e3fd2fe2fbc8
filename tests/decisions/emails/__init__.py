"""What an answer to an email starts with."""
