"""Requests: the classes that make up this record type."""
