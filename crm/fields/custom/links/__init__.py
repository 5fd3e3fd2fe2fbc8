"""Custom fields that link to a record, and what follows when the linked records are deleted or merged."""
