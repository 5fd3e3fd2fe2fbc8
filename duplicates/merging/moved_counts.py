"""What moves from each record of a merge, as far as the user sees it: "3 activities, 1 task, 2 deals"."""

from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from accounts.models import User
from crm.models import Activity, Task
from crm.records.kinds.kind_registry import Kind, get_kind
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
    return {pk: ", ".join(words) for pk, words in found.items()}


def _count_by_column(rows: Any, column: str) -> list[tuple[int, int]]:
    return list(rows.order_by().values(column).annotate(number=Count("pk")).values_list(column, "number"))
