"""API v2 on what administrators set: the forms of Settings as programs fill them in, and custom fields."""
