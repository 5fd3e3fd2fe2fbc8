"""The timeline of a request: the standard entries."""

from django.utils.translation import gettext as _

from crm.records.history.timeline import Timeline


class RequestTimeline(Timeline):
    def describe_creation(self):
        return _("created this request")
