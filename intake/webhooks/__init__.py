"""Incoming webhooks: other programs deliver leads and requests at an address with a secret."""
