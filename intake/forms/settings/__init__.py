"""Web forms as administrators set them up."""
