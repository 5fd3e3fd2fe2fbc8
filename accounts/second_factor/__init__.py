"""Two-step verification: codes, authenticator apps and passkeys."""
