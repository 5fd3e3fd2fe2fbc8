"""Conversion: a lead becomes a company and a contact."""
