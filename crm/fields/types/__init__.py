"""A file for each type of field: how its values are validated, shown, filtered, sorted and read."""
