"""Forms of the settings of leads."""
