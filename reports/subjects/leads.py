"""Leads as a subject of reports; their measures are in reports/engine/measures.py."""

from django.utils.translation import gettext_lazy as _

from reports.engine.counted_leads import counted
from reports.subjects.subject import Subject, register

register(Subject("leads", counted, path="", empty=_("No leads in this period.")))
