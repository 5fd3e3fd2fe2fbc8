"""Mailings in API v2: reading, writing and sending them, mailing lists, and suppressed addresses, as the pages do."""
