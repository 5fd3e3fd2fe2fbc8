"""Consent of leads and contacts: its purposes and texts, who gave or withdrew it, and the lists and pages that show it."""
