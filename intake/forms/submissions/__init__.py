"""What visitors sent, and what became a lead or request."""
