"""Leads that stay in a status for too long."""
