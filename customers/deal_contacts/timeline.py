"""The timeline of a deal, with the changes of its contacts."""

from django.utils.translation import gettext_lazy as _

from customers.between.timeline import BetweenTimeline, Sentences, WithBetween
from customers.deals.timeline import MovedDeal
from customers.models import DealContact


class DealContactTimeline(BetweenTimeline):
    model = DealContact
    sentences = Sentences(
        added=_("added a contact: %(name)s"),
        changed=_("changed a contact: %(name)s"),
        removed=_("removed a contact: %(name)s"),
        unknown=_("changed a contact"),
    )


class DealTimeline(WithBetween, MovedDeal):
    between = DealContactTimeline
