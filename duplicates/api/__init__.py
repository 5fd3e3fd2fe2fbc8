"""Duplicates in API v2: finding them, marking records as different, and merging. Undoing the operation of a merge undoes it."""
