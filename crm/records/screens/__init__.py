"""The screens that all record types share."""
