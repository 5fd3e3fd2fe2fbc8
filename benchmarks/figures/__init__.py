"""What was measured, compared and written into the docs."""
