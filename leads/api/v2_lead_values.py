"""A lead in API v2: the values in addition to its fields."""

from django.conf import settings

# The status of a lead is `s`, its source `o`.
OF_LEADS = (
    "FROM leads_status s, leads_source o WHERE s.id = leads_lead.status_id AND o.id = leads_lead.source_id"
)
JSON = {"kind": "s.kind", "url": f"'{settings.SITE_URL}/admin/leads/' || leads_lead.id"}
