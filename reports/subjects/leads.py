"""Leads as a subject of reports; their measures are in reports/measures.py."""

from django.utils.translation import gettext_lazy as _

from reports.counted import counted
from reports.subjects.subject import Subject, register

register(Subject("leads", counted, path="", empty=_("No leads in this period.")))
