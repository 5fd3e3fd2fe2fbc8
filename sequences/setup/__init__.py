"""Setting up sequences: the form with its steps, and ready examples."""
