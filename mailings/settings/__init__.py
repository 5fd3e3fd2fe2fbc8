"""Settings of mailings: senders, limits, keys, templates."""
