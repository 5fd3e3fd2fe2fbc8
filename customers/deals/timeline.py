"""A deal's timeline: the standard entries, its moves through the stages, and the changes of its contacts."""

from django.utils.translation import gettext as _

from customers.deal_contacts.timeline import DealContactTimeline
from customers.related_items.timeline import WithBetween
from leads.timeline import MovesTimeline


class DealTimeline(WithBetween, MovesTimeline):
    between = DealContactTimeline

    def describe_creation(self):
        return _("created this deal")

    def describe_move(self):
        return _("moved this deal")
