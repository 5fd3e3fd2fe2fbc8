"""Leads for other programs: the dialects of CRM Connect (connect/) and Umbra ERP (umbra/), based on the same
verbs."""
