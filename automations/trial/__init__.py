"""Trying a rule: what it would have done with recorded changes."""
