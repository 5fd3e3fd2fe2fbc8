"""Sequences on the page of a lead or contact: the card, the preview of a start, and coming emails."""
