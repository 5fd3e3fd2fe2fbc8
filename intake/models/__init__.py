"""The tables of web forms and webhooks."""
