"""What the worker does: which step is due for whom, whether it may be done, and doing it."""
