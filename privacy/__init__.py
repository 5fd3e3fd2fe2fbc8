"""Privacy: what is stored about a person, and erasing it."""
