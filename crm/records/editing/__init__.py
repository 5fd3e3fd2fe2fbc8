"""Forms of records and changes in place."""
