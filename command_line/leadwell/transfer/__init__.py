"""Files with records: reading and writing them, and imports that can be continued."""
