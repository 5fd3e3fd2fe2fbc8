"""The screens of the audit log."""
