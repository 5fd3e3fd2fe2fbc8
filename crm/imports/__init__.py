"""Imports: a file with records of any kind, from the upload over an exact plan to its receipt."""
