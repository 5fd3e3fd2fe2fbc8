"""Backups: written, encrypted, restored."""
