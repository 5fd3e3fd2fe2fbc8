"""The queue in API v2: which leads are waiting and why, and what comes of each, as on its page."""
