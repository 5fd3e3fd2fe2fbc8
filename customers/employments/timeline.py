"""The timeline of a contact, with the changes of the employments."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.records.history.timeline import Timeline
from customers.models import Employment
from customers.related_items.timeline import BetweenTimeline, Sentences, WithBetween


class EmploymentTimeline(BetweenTimeline):
    model = Employment
    sentences = Sentences(
        added=_("added an employment: %(name)s"),
        changed=_("changed the employment: %(name)s"),
        removed=_("removed an employment: %(name)s"),
        unknown=_("changed an employment"),
    )


class ContactTimeline(WithBetween, Timeline):
    between = EmploymentTimeline

    def describe_creation(self):
        return _now("created this contact")
