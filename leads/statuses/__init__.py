"""Statuses: their contract, their choices, and what winning a lead means."""
