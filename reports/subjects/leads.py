"""Leads as a subject of reports; their measures are in reports/engine/measures.py."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reports.engine.counted_leads import get_counted_leads
from reports.subjects.subject import MeasuredSubject, Subject

SUBJECT = Subject(
    "leads", get_counted_leads, path="", own={"rep": F("owner")}, empty=_("No leads in this period.")
)
MEASURED = MeasuredSubject(SUBJECT)
