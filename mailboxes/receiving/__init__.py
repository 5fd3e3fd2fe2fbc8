"""Received messages: read, matched with records, kept."""
