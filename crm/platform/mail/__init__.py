"""How emails leave: SMTP, files, and the ids of messages."""
