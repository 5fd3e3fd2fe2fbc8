"""Emails and notifications about tasks that are due."""
