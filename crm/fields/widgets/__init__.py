"""How the cells of a file become values of fields."""
