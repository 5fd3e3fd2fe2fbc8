"""Writes what the plan of an import says, in one operation."""
