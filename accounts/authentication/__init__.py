"""Passwords, sessions, guesses and the log of sign-ins."""
