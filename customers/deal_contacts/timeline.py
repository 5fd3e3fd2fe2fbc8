"""The changes of its contacts on the timeline of a deal."""

from django.utils.translation import gettext_lazy as _

from customers.models import DealContact
from customers.related_items.timeline import BetweenTimeline, Sentences


class DealContactTimeline(BetweenTimeline):
    model = DealContact
    sentences = Sentences(
        added=_("added a contact: %(name)s"),
        changed=_("changed a contact: %(name)s"),
        removed=_("removed a contact: %(name)s"),
        unknown=_("changed a contact"),
    )
