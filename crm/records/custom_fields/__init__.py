"""The settings of custom fields, which are records with operations and undo themselves."""
