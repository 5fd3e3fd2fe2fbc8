"""A lead in API v2: the values in addition to its fields."""

from django.conf import settings

# The status of a lead is `s`.
OF_LEADS = "FROM leads_status s WHERE s.id = leads_lead.status_id"
JSON = {"kind": "s.kind", "url": f"'{settings.SITE_URL}/admin/leads/' || leads_lead.id"}
