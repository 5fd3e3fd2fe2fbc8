"""Importing a sheet with the activities of records, as an export writes it: edited ones change, rows without an ID are added."""
