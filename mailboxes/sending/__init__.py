"""Which mailbox an email leaves through, and the copy in its folder."""
