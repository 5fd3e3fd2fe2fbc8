"""Custom fields whose value is a file: chosen in the form of a record, and how long the stored file stays."""
