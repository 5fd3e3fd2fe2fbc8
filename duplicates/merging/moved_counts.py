"""What moves from each record of a merge, as far as the user sees it: "3 activities, 1 task, 2 deals"."""

from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from accounts.models import User
from crm.fields.custom.indexes.indexed_fields import indexed_values_queryset
from crm.fields.custom.links.incoming_links import IncomingLink, get_links_to_type
from crm.fields.custom.values.field_registry import is_seen_by
from crm.models import Activity, Task
from crm.records.kinds.kind_registry import KINDS, Kind, get_kind
from duplicates.merging.reference_transfer import get_moved_columns


def describe_moved_items(kind: Kind, ids: list[int], user: User) -> dict[int, str]:
    """By the ID of the record; those without any aren't in it. One query for each type of records."""
    found: dict[int, list[str]] = {}
    activities = Activity.objects.present().not_private_to_others(user).of_records(kind.name, ids)
    for pk, number in _count_by_column(activities, "record"):
        words = ngettext("%(number)s activity", "%(number)s activities", number)
        found.setdefault(pk, []).append(words % {"number": number})
    for pk, number in _count_by_column(Task.objects.present().of_records(kind.name, ids), "record"):
        words = ngettext("%(number)s task", "%(number)s tasks", number)
        found.setdefault(pk, []).append(words % {"number": number})
    for model, column in get_moved_columns(kind.model):
        other = get_kind(model.table)
        if other and user.has_perm(other.get_right("view")):
            rows = model.objects.present().visible_to(user).filter(**{f"{column}__in": ids})
            for pk, number in _count_by_column(rows, column):
                found.setdefault(pk, []).append(other.words.counted(number))
    for link in get_links_to_type(kind.name):
        if is_seen_by(link.field, user) and user.has_perm(link.model.get_right("view")):
            _add_custom_link_counts(found, link, ids, user)
    return {pk: ", ".join(words) for pk, words in found.items()}


def _add_custom_link_counts(
    found: dict[int, list[str]], link: IncomingLink, ids: list[int], user: User
) -> None:
    """The records that a custom link leads from, with its label: "2 leads (introduced by)"."""
    name, counted = link.field.name, KINDS[link.model.table].words.counted
    seen = link.model.objects.present().visible_to(user)
    values = indexed_values_queryset(link.model, name).filter(**{f"{name}__in": ids})
    rows = values.filter(record_id__in=seen.order_by().values("pk")).values(name).annotate(number=Count("pk"))
    for pk, number in rows.values_list(name, "number"):
        found.setdefault(pk, []).append(f"{counted(number)} ({link.field.verbose_name})")


def _count_by_column(rows: Any, column: str) -> list[tuple[int, int]]:
    return list(rows.order_by().values(column).annotate(number=Count("pk")).values_list(column, "number"))
