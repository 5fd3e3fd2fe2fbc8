"""Web push: messages for browsers that aren't open, encrypted for them and signed for their push service."""
