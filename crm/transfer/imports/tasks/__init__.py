"""Imports of tasks: a sheet whose rows are tasks of records of any type."""
