"""API v2: what the pages of all records of a type have beside the list: their number, and Trash."""
