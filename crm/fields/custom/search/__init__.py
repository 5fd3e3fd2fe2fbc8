"""The values of custom fields that search finds."""
