"""Saved views in API v2: reading and saving them, and lists with the filter of one."""
