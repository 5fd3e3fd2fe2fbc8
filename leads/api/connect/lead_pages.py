"""The leads of one CRM Connect page, in order: the first pages are read like the list on the screen."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from accounts.models import User
from crm.fields.models.record import build_added_condition
from crm.fields.sort_segments import Segment, Sort, ValueSort
from crm.records.paging.keyset_pages import read_page
from crm.records.paging.sorts import BY_AGE
from leads.api.connect.list_requests import SORTS, ListRequest
from leads.models import Lead, Source, Status
from leads.sorts import SORTS as LIST_SORTS

# Up to this number, the leads before a page are read along with it.
NEAR = 2_000
# Names of this dialect: the list's sorts, which have indexes.
SERVED = {
    "id": "id",
    "name": "name",
    "company": "company",
    "email": "email",
    "city": "city",
    "dateadded": "created_at",
    "dateassigned": "assigned_at",
    "lastcontact": "last_contacted_at",
    "last_status_change": "time_in_status",
    "date_converted": "converted_at",
}


def get_page_ids(wanted: ListRequest, user: User) -> list[int]:
    start, end = (wanted.page - 1) * wanted.size, wanted.page * wanted.size
    sort, descending = get_only_sort(wanted)
    if sort is None or end > NEAR or wanted.words:
        return list(ordered_leads_queryset(wanted, user).values_list("pk", flat=True)[start:end])
    return get_first_ids(wanted, user, sort, descending, end)[start:]


def get_first_ids(wanted: ListRequest, user: User, sort: Sort, descending: bool, size: int) -> list[int]:
    """The first ones of the whole list."""
    rows = Lead.objects.present().added_between(wanted.first, wanted.last)
    slices = Lead.scope.build_slices(user, sort.prefixes)
    if sort is BY_AGE and wanted.by_days:
        # The index that starts with the department also covers the days.
        days = build_added_condition(wanted.first, wanted.last)
        slices = [part.with_index(days) for part in slices]
    narrowed = wanted.by_days
    return read_page(rows, slices, sort, size=size, descending=descending, narrowed=narrowed).ids


def ordered_leads_queryset(wanted: ListRequest, user: User) -> QuerySet:
    """All leads, in the order that starts with the first pages."""
    sort, descending = get_only_sort(wanted)
    if sort is not None:
        return wanted.leads_queryset(user).order_by(
            *build_order_by(sort.build_segments(descending=descending))
        )
    columns = [("-" if descends else "") + SORTS[name] for name, descends in wanted.sorts]
    return wanted.leads_queryset(user).order_by(*columns, "-id" if wanted.sorts[0][1] else "id")


def get_only_sort(wanted: ListRequest) -> tuple[Sort | None, bool]:
    """The only sort, and whether it is descending; None for several sorts, or for one without an index.

    Unsorted pages list leads in the order they were added: indexes for that exist for own and shared leads too.
    """
    sorts = wanted.sorts or [("dateadded", False)]
    name, descending = sorts[0]
    if len(sorts) > 1:
        return None, False
    if name in SERVED:
        return LIST_SORTS.get_sort(SERVED[name]), descending
    if name in ("status", "source"):
        model: Any = {"status": Status, "source": Source}[name]
        return ValueSort(
            SORTS[name], tuple(model.objects.order_by("pk").values_list("pk", flat=True))
        ), descending
    return None, False


def build_order_by(segments: list[Segment]) -> list:
    """An ORDER BY that returns the segments one after the other, each in its own order."""
    if len(segments) == 1:
        return list(segments[0].order)
    place = Case(
        *(When(segment.condition, then=Value(number)) for number, segment in enumerate(segments)),
        output_field=IntegerField(),
    )
    found: list = [place.asc()]
    for order in dict.fromkeys(segment.order for segment in segments):
        among = reduce(or_, (segment.condition for segment in segments if segment.order == order))
        for name in order:
            column = Case(When(among, then=F(name.lstrip("-"))))
            found.append(column.desc() if name.startswith("-") else column.asc())
    return found
