"""Leads for other programs: the dialects of CRM Connect (connect*.py) and Umbra ERP (umbra*.py), based on the same
verbs."""
