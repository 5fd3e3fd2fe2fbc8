"""The screens of requests only."""
