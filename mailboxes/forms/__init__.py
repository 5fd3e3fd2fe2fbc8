"""Forms of shared and personal mailboxes."""
