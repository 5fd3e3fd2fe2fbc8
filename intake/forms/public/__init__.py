"""Web forms as visitors see them."""
