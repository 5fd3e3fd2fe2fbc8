"""The calendar of tasks and meetings."""
