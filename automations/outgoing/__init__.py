"""Steps that reach out of Leadwell: emails, and calls of webhooks."""
