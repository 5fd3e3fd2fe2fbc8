"""The checks for the copy in tests/hard/test_changes_in_a_copy.py; pytest doesn't collect them here."""
