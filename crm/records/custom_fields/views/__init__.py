"""The screens of custom fields, in Settings."""
