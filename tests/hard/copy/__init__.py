"""What a copy of Leadwell with the changes of tests/hard/test_changes_in_a_copy.py is walked with; pytest does not collect it here."""
