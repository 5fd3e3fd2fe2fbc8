"""API v2: undoing operations, and the jobs that change and undo many records."""
