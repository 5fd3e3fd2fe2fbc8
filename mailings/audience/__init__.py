"""Whom a mailing reaches, and why others are skipped."""
