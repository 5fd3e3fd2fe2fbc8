"""Settings from the environment: which exist, what they may be, and the table of the README."""
