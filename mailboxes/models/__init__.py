"""The tables of email accounts and messages."""
