"""Notifications on the devices of a user."""
