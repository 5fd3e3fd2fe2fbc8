"""Exports: records of any kind into a file, with a receipt."""
