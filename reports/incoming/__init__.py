"""Leads that came in: by which way, to whom they went, and why."""
