"""The timeline of a company: the standard entries."""

from django.utils.translation import gettext as _

from crm.records.history.timeline import Timeline


class CompanyTimeline(Timeline):
    def describe_creation(self):
        return _("created this company")
