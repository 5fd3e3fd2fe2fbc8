"""Invitations to meetings: sent, answered and changed."""
