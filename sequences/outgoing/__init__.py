"""What the emails of sequences have that others don't: a link to unsubscribe, and a judgment right before they are sent."""
