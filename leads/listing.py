"""One list of leads as an address asks for it: filter, search, sort, columns and page, for one viewer.

List, count, export, frozen sets and the way from one lead to the next all read the address through this class, so that
the set you see is the set you change.
"""

from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left
from django.http import QueryDict

from crm.pages import Page, neighbours, page_of, tie
from crm.segments import Slice
from leads import fields, sorts
from leads.filters import LeadFilter
from leads.models import Lead, Tag
from leads.queries import slices_narrowed, slices_of_bin, slices_seen
from leads.search import matching
from mailings.models import Newsletter

COUNT_AT_FIRST = 10_000
# How many characters of a description a row of the list begins with: a whole one may be longer than the page.
DESCRIPTION_SHOWN = 200
# What an address may say beside the filters; anything else is dropped.
PAGE_PARAMETERS = ["after", "before", "last"]
OTHER_PARAMETERS = ["q", "sort", *PAGE_PARAMETERS]


def filter_parameters() -> list[str]:
    return [name + end for name in fields.FILTER for end in ("", "_not", "_from", "_to")]


class Listing:
    def __init__(self, data: QueryDict, viewer, *, in_bin: bool = False) -> None:
        self.viewer, self.in_bin = viewer, in_bin
        self.data = QueryDict(mutable=True)
        for name in [*filter_parameters(), *OTHER_PARAMETERS]:
            values = [value.replace("\0", "") for value in data.getlist(name) if value]
            if values:
                self.data.setlist(name, values)

    @cached_property
    def filters(self) -> LeadFilter:
        rows = Lead.objects.in_bin() if self.in_bin else Lead.objects.present()
        return LeadFilter(self.data, rows, user=self.viewer)

    @property
    def search(self) -> str:
        return self.data.get("q", "").strip()

    @cached_property
    def sort(self) -> str:
        name, descending = sorts.read(self.data.get("sort"))
        return f"-{name}" if descending else name

    @cached_property
    def query(self) -> str:
        """The address of the set: filter, search and sort, without the page."""
        data = self.data.copy()
        for name in PAGE_PARAMETERS:
            data.pop(name, None)
        return data.urlencode()

    @cached_property
    def errors(self) -> list[str]:
        """What was not understood, in words."""
        _rows = self.rows
        wrong = [str(error) for messages in self.filters.form.errors.values() for error in messages]
        return wrong + self.filters.problems

    @cached_property
    def _matched(self) -> tuple:
        rows = self.filters.qs
        if not self.search:
            return rows, False
        condition, few = matching(self.search)
        return rows.filter(condition), few

    @property
    def rows(self):
        """The leads that match, of everybody: only ever used together with what the viewer may see."""
        return self._matched[0]

    @property
    def visible(self):
        return self.rows.visible_to(self.viewer)

    @property
    def narrowed(self) -> bool:
        return bool(self.search or self.filters.active)

    @cached_property
    def _sort(self):
        return sorts.sort_named(self.sort.removeprefix("-"))

    @property
    def _descending(self) -> bool:
        """An age is sorted by its beginning, which runs the other way."""
        name = self.sort.removeprefix("-")
        return self.sort.startswith("-") != (name in sorts.TURNED)

    @property
    def _slices(self) -> list[Slice]:
        if self.in_bin:
            return slices_of_bin(self.viewer)
        slices = slices_seen(self.viewer, self._sort.leads)
        if self._sort is not sorts.BY_AGE:
            return slices_narrowed(slices, self.filters.departments())
        slices = slices_narrowed(slices, self.filters.departments(), self.filters.one_value())
        age = self.filters.age()
        return [part.led_by(age) for part in slices]

    def page(self, size: int) -> Page:
        return page_of(
            self.rows,
            self._slices,
            self._sort,
            size=size,
            tied_to=tie(self.query, self.viewer.pk),
            descending=self._descending,
            after=self.data.get("after", ""),
            before=self.data.get("before", ""),
            last="last" in self.data,
            narrowed=self.narrowed,
            few=self._matched[1],
        )

    def neighbours_of(self, pk: int) -> tuple[int | None, int | None]:
        return neighbours(self.rows, self._slices, self._sort, pk, descending=self._descending)

    def count(self, most: int | None = COUNT_AT_FIRST) -> int:
        """How many match, exactly; with `most`, one more than that stands for "more"."""
        rows = self.visible.order_by()
        return rows[: most + 1].count() if most else rows.count()

    def ids(self) -> list[int]:
        """All that match now: what a frozen set is made of."""
        return list(self.visible.order_by("pk").values_list("pk", flat=True))


# What each row of a list is drawn from, whatever its columns, and what some columns need beside the field of their name.
EVERY_ROW = [
    "first_name",
    "last_name",
    "title",
    "company",
    "email",
    "phone",
    "mobile",
    "vip",
    "department__name",
]
EVERY_ROW += ["status__name", "status__key", "status__kind", "status__hue", "status__most_days"]
EVERY_ROW += ["source__name", "source__key", "owner__name", "owner__hue"]
NEEDED = {
    "time_in_status": ["status_since"],
    "value": ["value", "currency", "base_value"],
    "next_action": ["next_action", "next_action_on"],
    "lost_reason": ["lost_reason__name", "lost_reason__key"],
    "created_by": ["created_by__name", "created_by__hue"],
    "description": [],
}


def needed_for(columns: list[str]) -> list[str]:
    """The fields that a list of these columns reads; the rest of a lead takes longer to fetch than a row to draw."""
    own = {field.name for field in Lead._meta.concrete_fields}
    names = [name for column in columns for name in NEEDED.get(column, [column] if column in own else [])]
    return [*EVERY_ROW, *names]


def drawn(
    ids: list[int], columns: list[str] | None = None, *, viewer=None, seen_by=None, whole: bool = False
) -> list[Lead]:
    """The leads of one page in their order, with all that its cells show, in one query; `whole` with their prose.

    With a viewer each lead says in `may_change` whether they may change it; `seen_by` leaves out what a user does not
    see, which the ids of a page never need.
    """
    state = Newsletter.objects.filter(lead=OuterRef("pk")).values("state")
    rows = Lead.objects.filter(pk__any=ids).with_names().annotate(newsletter_state=Subquery(state))
    if seen_by is not None:
        rows = rows.visible_to(seen_by)
    if columns is not None and "tags" in columns:
        names = Tag.objects.filter(pk__any=OuterRef("tags")).by_name().values("name")
        rows = rows.annotate(tag_names=ArraySubquery(names))
    if viewer is not None:
        rows = rows.with_may_change(viewer)
    if whole or (columns is not None and "lost_reason" in columns):
        rows = rows.select_related("status", "source", "owner", "department", "lost_reason")
    if columns is not None and "created_by" in columns:
        rows = rows.select_related("created_by")
    if columns is not None and "description" in columns:
        rows = rows.annotate(description_begins=Left("description", DESCRIPTION_SHOWN))
    if not whole:
        rows = rows.defer("description") if columns is None else rows.only(*needed_for(columns))
    found = {lead.pk: lead for lead in rows}
    return [found[pk] for pk in ids if pk in found]
