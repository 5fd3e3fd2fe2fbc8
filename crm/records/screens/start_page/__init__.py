"""The start page, which users arrange."""
