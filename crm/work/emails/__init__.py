"""Emails that are written on the page of a record."""
