"""Duplicates: finding records of leads, contacts and companies that may be the same."""
