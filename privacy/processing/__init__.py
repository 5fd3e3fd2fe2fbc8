"""The record of processing activities (art. 30 GDPR), made of what this installation really does."""
