"""The forms of the settings of custom fields."""
