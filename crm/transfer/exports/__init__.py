"""Exports: records of any kind in a file, with a receipt."""
