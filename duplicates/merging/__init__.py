"""Merging duplicates: what the kept record gets, and the undo."""
