"""Dashboards: reports as cards on one page."""
