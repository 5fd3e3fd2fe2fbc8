"""Booking pages in API v2: their free times, and booking, moving and canceling as visitors do."""
