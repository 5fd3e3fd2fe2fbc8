"""Leads that came in: how, to whom they went, and why."""
