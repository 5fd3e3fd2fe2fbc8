"""The screens of backups."""
