"""Imports, their rows, and exports."""
