"""Leads in from files: stage, map, check, plan, apply."""
