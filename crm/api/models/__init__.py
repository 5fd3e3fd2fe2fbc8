"""Tokens, calls and webhooks of programs."""
