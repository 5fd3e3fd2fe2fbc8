"""Saved views that use a status, a tag, a choice of a custom field and so on: finding them, and replacing the value.

Saved views aren't in the history. An operation stores what it rewrote in its parameters ("views": id, query before,
query after), and an undo reads it from there.
"""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from crm.models import Operation, SavedView
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX

# What else keeps filters, such as assignment rules: called with the parameter, the old value and the new one, within the
# operation, whose history they belong to.
OTHERS: list[Callable[[str, int | str, int | str], None]] = []
# What else has the query of a list and isn't in the history, by a name that operations store. An app adds its own.
QUERIES: dict[str, Any] = {"": SavedView}


def get_views_using_value(parameter: str, pk: int | str) -> list[SavedView]:
    """The saved views whose filter uses this value. The query is parsed, not searched: 1 isn't part of 12."""
    views = SavedView.objects.select_related("owner").in_order()
    return [view for view in views if replace_value_everywhere(view.query, parameter, pk, "") != view.query]


def replace_value_in_query(query: str, parameter: str, old: int | str, new: int | str) -> str:
    """The query with the old value replaced by another, each only once."""
    data = QueryDict(query, mutable=True)
    values = [str(new) if value == str(old) else value for value in data.getlist(parameter)]
    data.setlist(parameter, list(dict.fromkeys(values)))
    return data.urlencode()


def replace_value_everywhere(query: str, parameter: str, old: int | str, new: int | str) -> str:
    """The same for the filter and for the alternatives with it. A query without the value stays as it is written."""
    for name in (parameter, f"{ALTERNATIVE_PREFIX}{parameter}"):
        if str(old) in QueryDict(query).getlist(name):
            query = replace_value_in_query(query, name, old, new)
    return query


def replace_in_saved_views(parameter: str, old: int | str, new: int | str) -> list[list]:
    """Rewrite the views and other queries that use `old`. Returns [id, query before, query after] for each view, and the name of
    what else has the query as a fourth item."""
    found = []
    for name, model in QUERIES.items():
        for row in model._default_manager.filter(query__contains=parameter).order_by("pk"):
            after = replace_value_everywhere(row.query, parameter, old, new)
            if after != row.query:
                model._default_manager.filter(pk=row.pk).update(query=after)
                found.append([row.pk, row.query, after, *([name] if name else [])])
    for rewrite in OTHERS:
        rewrite(parameter, old, new)
    return found


def restore_replaced_values(record: Operation) -> None:
    """Revert what this operation did to views and other queries, if they are still as it left them."""
    steps = record.parameters.get("views", [])
    back = not _count_undo_depth(record) % 2
    for pk, before, after, *name in reversed(steps) if back else steps:
        present, wanted = (after, before) if back else (before, after)
        model = QUERIES.get(name[0] if name else "")
        if model is not None:
            model._default_manager.filter(pk=pk, query=present).update(query=wanted)


def _count_undo_depth(record: Operation) -> int:
    depth = 0
    while record.undoes:
        record, depth = record.undoes, depth + 1
    return depth
