"""The audit log: who signed in, was denied, looked at what, searched, exported and changed permissions."""
