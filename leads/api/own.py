"""Leads in API v2."""

from crm.api.v2.documented import calls_on
from leads.kind import LEAD

Leads, LeadsBulk = calls_on(LEAD, resource="leads")
