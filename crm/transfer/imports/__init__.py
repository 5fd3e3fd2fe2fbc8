"""Imports: a file with records of any kind, from upload to preview to receipt."""
