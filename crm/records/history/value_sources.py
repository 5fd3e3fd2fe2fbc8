"""Which rule a field has its present value from: the last recorded change of the field, if a rule wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, Max, TextField

from crm.models import Change


class Columns(Func):
    """The columns that a change is about, each as a row."""

    function = "jsonb_object_keys"
    output_field = TextField()
    set_returning = True


@dataclass(frozen=True)
class ValueSource:
    """A rule in words, such as "Automation “Welcome”", and its page, or '' for a viewer who may not open it."""

    words: str
    url: str


def find_last_changes(changes: Iterable[Change], table: str, row: int) -> dict[str, Change]:
    """The last change of each column of the record. `changes` are the newest first, and may be about others too."""
    found: dict[str, Change] = {}
    for change in changes:
        if (change.table, change.row, change.kind) == (table, row, Change.Kind.UPDATE):
            for column in change.diff:
                found.setdefault(column, change)
    return found


def last_changes_queryset(table: str, row: int) -> Any:
    """The changes that find_last_changes finds among all of the record, the newest first, however many others there are."""
    own: Any = Change.objects.of_row(table, row).filter(kind=Change.Kind.UPDATE)
    last = own.annotate(column=Columns(F("fields"))).order_by().values("column").annotate(last=Max("pk"))
    return Change.objects.filter(pk__in=last.values("last")).with_operations().newest_first()
