"""Leads out to Excel and CSV: which set, the file, its receipt."""
