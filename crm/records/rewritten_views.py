"""Saved views that use a status, a tag, a choice of a custom field and so on: finding them, and replacing the value.

Saved views aren't in the history. An operation stores what it rewrote in its parameters ("views": id, query before,
query after), and an undo reads it from there.
"""

from collections.abc import Callable

from django.http import QueryDict

from crm.models import Operation, SavedView

# What else keeps filters, such as assignment rules: called with the parameter, the old value and the new one, within the
# operation, whose history they belong to.
OTHERS: list[Callable[[str, int | str, int | str], None]] = []


def views_with(parameter: str, pk: int | str) -> list[SavedView]:
    """The saved views whose filter uses this value. The query is parsed, not searched: 1 isn't part of 12."""
    views = SavedView.objects.select_related("owner").in_order()
    return [view for view in views if str(pk) in QueryDict(view.query).getlist(parameter)]


def replaced(query: str, parameter: str, old: int | str, new: int | str) -> str:
    """The query with the old value replaced by another, each only once."""
    data = QueryDict(query, mutable=True)
    values = [str(new) if value == str(old) else value for value in data.getlist(parameter)]
    data.setlist(parameter, list(dict.fromkeys(values)))
    return data.urlencode()


def replace(parameter: str, old: int | str, new: int | str) -> list[list]:
    """Rewrite the views that use `old`. Returns [id, query before, query after] for each."""
    found = []
    for view in views_with(parameter, old):
        after = replaced(view.query, parameter, old, new)
        SavedView.objects.filter(pk=view.pk).update(query=after)
        found.append([view.pk, view.query, after])
    for rewrite in OTHERS:
        rewrite(parameter, old, new)
    return found


def put_back(record: Operation) -> None:
    """Revert what this operation did to views, if they are still as it left them."""
    steps = record.parameters.get("views", [])
    if _depth(record) % 2:
        again = [(pk, before, after) for pk, before, after in steps]
    else:
        again = [(pk, after, before) for pk, before, after in reversed(steps)]
    for pk, present, wanted in again:
        SavedView.objects.filter(pk=pk, query=present).update(query=wanted)


def _depth(record: Operation) -> int:
    depth = 0
    while record.undoes:
        record, depth = record.undoes, depth + 1
    return depth
