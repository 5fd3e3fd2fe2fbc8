"""Outgoing webhooks: their delivery, log and forms."""
