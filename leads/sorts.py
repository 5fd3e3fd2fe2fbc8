"""The orders of the lead list that don't follow from a field type."""

from django.db.models import Exists, OuterRef, Q

from crm.fields.sort_segments import ColumnSort, PartsSort
from crm.records.paging.sorts import BY_AGE, Sorts
from leads import fields
from leads.models import Lead, Newsletter


def _build_newsletter_sort() -> PartsSort:
    state = Newsletter.objects.filter(lead=OuterRef("pk"))
    receiving = state.filter(state=Newsletter.State.RECEIVING)
    # Those who receive none are one part, whatever the reason: each part takes queries of its own.
    blocked = state.exclude(state=Newsletter.State.RECEIVING)
    parts = ((str(Newsletter.State.RECEIVING), Q(Exists(receiving))), ("blocked", Q(Exists(blocked))))
    return PartsSort((("none", Q(~Exists(state))), *parts))


SORTS = Sorts(
    Lead,
    # Department and tags sort without their own index.
    [*(name for name in fields.SORT if name in fields.LIST), "department", "tags"],
    {
        "name": ColumnSort("name_key"),
        "created_at": BY_AGE,
        "id": ColumnSort("id"),
        "time_in_status": ColumnSort("status_since"),
        "next_action": ColumnSort("next_action_on", empty=Q(next_action_on=None)),
        "shared": PartsSort((("shared", Q(shared=True)), ("other", Q(shared=False)))),
        "newsletter": _build_newsletter_sort,
    },
    turned={"time_in_status"},
)
