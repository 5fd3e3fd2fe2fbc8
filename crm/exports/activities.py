"""The sheet with the activities of the exported records, in the order of the records."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models.query import ValuesListIterable
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.excel.cells import CellKind, Column
from crm.excel.people import NameOnly
from crm.excel.widgets import MomentCell
from crm.exports.selection import Selection
from crm.models import Activity

ROWS_AT_ONCE = 2_000
READ = ("id", "version", "record", "type", "outcome", "at", "minutes", "created_by_id", "text")


def columns(selection: Selection) -> list[Column]:
    """With hidden columns for the ID and version of each activity."""

    def label(name: str) -> str:
        field: Any = Activity._meta.get_field(name)
        return str(capfirst(field.verbose_name))

    kind = selection.kind
    return [
        Column(_("Activity ID"), CellKind.NUMBER, hidden=True),
        Column(_("Version"), CellKind.NUMBER, hidden=True),
        Column(kind.resource.heading(kind, "id"), CellKind.NUMBER, width=11),
        Column(label("type"), width=11),
        Column(label("outcome"), width=16),
        Column(label("at"), CellKind.MOMENT, width=18),
        Column(label("minutes"), CellKind.NUMBER, width=9),
        Column(_("Author"), width=22),
        Column(label("text"), width=80),
    ]


def rows(selection: Selection) -> Iterator[list[Any]]:
    """Those of the records that exist now and are visible to the user, fetched while they are written: the newest record first,
    as on its own sheet, and each record's activities from its first one on."""
    of_records = selection.records.order_by().values("pk")
    found: Any = Activity.objects.present().filter(of=selection.kind.name, record__in=of_records)
    # The reverse order of the index of a record's timeline.
    tuples = found.order_by("-record", "at", "pk").values_list(*READ)
    fetched: Iterable[tuple] = ValuesListIterable(tuples, chunked_fetch=True, chunk_size=ROWS_AT_ONCE)
    types = {value: capfirst(str(name)) for value, name in Activity.Type.choices}
    outcomes = {"": ""} | {value: capfirst(str(name)) for value, name in Activity.Outcome.choices}
    people, moments = NameOnly(), MomentCell()
    people.prepare(selection.user)
    for pk, version, record, kind, outcome, at, minutes, author, text in fetched:
        done = types[kind], outcomes[outcome], moments.local(at), minutes
        yield [pk, version, record, *done, people.name_of(author), text]
