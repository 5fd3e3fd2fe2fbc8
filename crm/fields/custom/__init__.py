"""Custom fields: defined by administrators, used like the fields of the model."""
