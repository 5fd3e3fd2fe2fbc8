"""The leads of the demo company."""
