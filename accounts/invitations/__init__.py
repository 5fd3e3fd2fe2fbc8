"""Inviting users: one at a time or as a list, and what is still open."""
