"""The scan of all records: what is the same, what is similar, and the groups."""
