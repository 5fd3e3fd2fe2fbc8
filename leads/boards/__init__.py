"""The board of leads and its cards."""
