"""SQL that more than one floor is made of."""
