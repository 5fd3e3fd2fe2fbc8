"""The list of sequences, and who is in each with which results."""
