"""Pages of a million rows by keys, never by offset."""
