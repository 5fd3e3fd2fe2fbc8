"""The daily queue: which leads are waiting for a user today, in which order and why, and what comes of each."""
