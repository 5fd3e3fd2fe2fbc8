"""Judges each row of a file: which record is meant, and what would change."""
