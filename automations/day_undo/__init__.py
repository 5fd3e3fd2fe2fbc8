"""Undoing what an automation did on one day, in one change."""
