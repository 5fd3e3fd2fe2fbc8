"""Which records an export contains: the selected and frozen ones, those that match a URL, or all."""

from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.models import FrozenSet
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import BACK
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList


class Selection:
    """`?set=12` is a frozen set of the user, anything else is a query of the kind's list. Raises Http404 for another
    user's set."""

    def __init__(self, kind: Kind, data: QueryDict, user) -> None:
        data = data.copy()
        data.pop(BACK, None)
        self.kind, self.data, self.user = kind, data, user
        self.frozen: FrozenSet | None = None
        if data.get("set"):
            sets = FrozenSet.objects.alive_of_user(user, kind.name).defer("ids")
            self.frozen = sets.filter(pk=parse_number(data.get("set", ""))).first()
            if self.frozen is None:
                raise Http404
        self.listing = RecordList(kind, QueryDict(self.frozen.query) if self.frozen else data, user)

    @property
    def query(self) -> str:
        """The part of the URL that selects the records."""
        if self.frozen:
            return f"set={self.frozen.pk}"
        return self.listing.query or "all=1"

    @cached_property
    def records(self) -> QuerySet:
        """The records that exist now and are visible to the user; of a frozen set, what is left of it."""
        if self.frozen:
            return (
                self.kind.model.objects.present()
                .visible_to(self.user)
                .filter(pk__any=self.frozen.ids_expression)
            )
        return self.listing.visible

    def count_matches(self) -> int:
        return self.frozen.count if self.frozen else self.records.order_by().count()

    def has_more_than(self, most: int) -> bool:
        """Without counting all of them."""
        return (self.frozen.count if self.frozen else self.listing.count(most)) > most

    def count_first_matches(self) -> int:
        """For the form: exact up to ten thousand, one more beyond that."""
        return self.frozen.count if self.frozen else self.listing.count()

    def build_tuples_queryset(self, attributes: list[str]) -> QuerySet:
        """The records as tuples of columns, newest first."""
        rows = (
            annotate_custom_values(self.records, attributes)
            .order_by("-pk")
            .annotate(**self.kind.drawing.build_annotations(attributes))
        )
        return rows.values_list(*attributes)

    @property
    def words(self) -> str:
        """The set as a sentence."""
        parts = [self.listing.filters.describe()]
        if self.listing.search:
            parts.append(_("matching “%(words)s”") % {"words": self.listing.search})
        found = ", ".join(part for part in parts if part)
        if self.frozen:
            chosen = _("Selected: %(records)s") % {"records": self.kind.words.counted(self.frozen.count)}
            return f"{chosen}, {found}" if found else chosen
        return (
            _("%(records)s: %(filter)s") % {"records": capfirst(str(self.kind.words.many)), "filter": found}
            if found
            else str(self.kind.words.all)
        )
