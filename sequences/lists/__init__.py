"""Sequences in the lists of leads and contacts: two filters and a column."""
