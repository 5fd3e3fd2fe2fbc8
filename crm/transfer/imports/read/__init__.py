"""Brings the rows of a file into the database."""
