"""Leads for other programs: the dialects of CRM Connect (connect*.py) and Umbra ERP (umbra*.py), over the same verbs."""
