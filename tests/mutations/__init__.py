"""Removes each scope, permission check, lock and refusal in turn and names those that no test notices."""
