"""Reports in API v2: those that a user may see, and the numbers of one as data, each with the records behind it."""
