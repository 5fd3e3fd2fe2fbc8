"""Reads workbooks and CSV files, in a process of its own with limits."""
