"""Sends a mailing in batches, each recipient once."""
