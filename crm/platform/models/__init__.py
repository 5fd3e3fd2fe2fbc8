"""Jobs, changes, the audit log, notifications and the installation."""
