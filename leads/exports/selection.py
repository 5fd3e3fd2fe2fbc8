"""Which leads an export takes: those that were ticked and frozen, those that match an address, or all."""

from functools import cached_property

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import FrozenSet
from crm.templatetags.look import number
from leads.listing import Listing
from leads.models import Lead
from mailings.models import Newsletter


class Selection:
    """`?set=12` is a frozen set of the user, anything else an address of the list. Raises Http404 for a foreign set."""

    def __init__(self, data: QueryDict, user) -> None:
        self.data, self.user = data, user
        self.frozen: FrozenSet | None = None
        pk = data.get("set", "")
        if pk:
            sets = FrozenSet.objects.of(user).defer("ids")
            self.frozen = sets.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
            if self.frozen is None:
                raise Http404
        self.listing = Listing(QueryDict(self.frozen.query) if self.frozen else data, user)

    @property
    def query(self) -> str:
        """The part of the address that says which leads."""
        if self.frozen:
            return f"set={self.frozen.pk}"
        return self.listing.query or "all=1"

    @cached_property
    def leads(self) -> QuerySet:
        """What is there now and visible to the user; of a frozen set what is left of it."""
        if self.frozen:
            return Lead.objects.present().visible_to(self.user).filter(pk__any=self.frozen.ids_where_they_are)
        return self.listing.visible

    def matched(self) -> int:
        return self.frozen.count if self.frozen else self.leads.order_by().count()

    def more_than(self, most: int) -> bool:
        """Without counting all of them."""
        return (self.frozen.count if self.frozen else self.listing.count(most)) > most

    def matched_at_first(self) -> int:
        """For the form: exact up to ten thousand, beyond that one more."""
        return self.frozen.count if self.frozen else self.listing.count()

    def tuples(self, attributes: list[str]) -> QuerySet:
        """The leads as tuples of columns, the newest first."""
        rows = self.leads.order_by("-pk")
        if "newsletter_state" in attributes:
            state = Newsletter.objects.filter(lead=OuterRef("pk")).values("state")
            rows = rows.annotate(newsletter_state=Subquery(state))
        return rows.values_list(*attributes)

    @property
    def words(self) -> str:
        """The set as a sentence."""
        parts = [self.listing.filters.in_words()]
        if self.listing.search:
            parts.append(_("found by “%(words)s”") % {"words": self.listing.search})
        found = ", ".join(part for part in parts if part)
        if self.frozen:
            chosen = ngettext("%(number)s selected lead", "%(number)s selected leads", self.frozen.count)
            chosen %= {"number": number(self.frozen.count)}
            return _("%(chosen)s: %(filter)s") % {"chosen": chosen, "filter": found} if found else chosen
        return _("Leads with %(filter)s") % {"filter": found} if found else _("All leads")
