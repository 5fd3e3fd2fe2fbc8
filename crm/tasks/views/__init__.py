"""The screens of tasks."""
