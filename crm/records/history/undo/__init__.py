"""Undoing an operation: what is restored, what stays, and why."""
