"""The screens of duplicates."""
