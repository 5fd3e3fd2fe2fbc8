"""Booking pages as visitors see them."""
