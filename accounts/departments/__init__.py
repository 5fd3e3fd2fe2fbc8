"""Departments and their screens."""
