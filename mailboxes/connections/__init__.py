"""Connections to servers of mailboxes: IMAP, SMTP and OAuth."""
