"""The sheet with the activities of the exported records, in the order of the records."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models.query import ValuesListIterable
from django.utils.text import capfirst

from crm.fields.widgets.person_widgets import NameOnly
from crm.fields.widgets.value_widgets import MomentCell
from crm.models import Activity
from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.transfer.exports.selection import Selection
from crm.work.activities.sheet_columns import IMPORTED_TYPES, get_sheet_headings

ROWS_AT_ONCE = 2_000
READ = ("id", "version", "record", "type", "outcome", "at", "minutes", "created_by_id", "text")


def build_activity_columns(selection: Selection) -> list[SheetColumn]:
    """With hidden columns for the ID and version of each activity, and drop-downs for those that are added."""
    types = tuple(str(capfirst(type.label)) for type in IMPORTED_TYPES)
    labels = [outcome.label for outcome in (*Activity.Outcome, Activity.Plan.NO_SHOW)]
    outcomes = tuple(str(capfirst(label)) for label in labels)
    number, moment = {"kind": CellKind.NUMBER}, {"kind": CellKind.MOMENT}
    special: dict[str, dict[str, Any]] = {
        "activity": number | {"hidden": True},
        "version": number | {"hidden": True},
        "id": number | {"width": 11},
        "type": {"width": 11, "choices": types},
        "outcome": {"width": 16, "choices": outcomes},
        "at": moment | {"width": 18},
        "minutes": number | {"width": 9},
        "author": {"width": 22},
        "text": {"width": 80},
    }
    return [
        SheetColumn(heading, **special[name]) for name, heading in get_sheet_headings(selection.kind).items()
    ]


def build_activity_rows(selection: Selection) -> Iterator[list[Any]]:
    """Those of the records that exist now and are visible to the user, fetched while they are written: the newest record first,
    as on its own sheet, and each record's activities from its first one on."""
    of_records = selection.records.order_by().values("pk")
    found: Any = (
        Activity.objects.present()
        .not_private_to_others(selection.user)
        .filter(of=selection.kind.name, record__in=of_records)
    )
    # The reverse order of the index of a record's timeline.
    tuples = found.order_by("-record", "at", "pk").values_list(*READ)
    fetched: Iterable[tuple] = ValuesListIterable(tuples, chunked_fetch=True, chunk_size=ROWS_AT_ONCE)
    types = {value: capfirst(str(name)) for value, name in Activity.Type.choices}
    every: Any = Activity._meta.get_field("outcome").choices
    outcomes = {"": ""} | {value: capfirst(str(name)) for value, name in every}
    people, local = NameOnly(), MomentCell().get_rendering_for_rows()
    people.prepare(selection.user)
    for pk, version, record, kind, outcome, at, minutes, author, text in fetched:
        done = types[kind], outcomes[outcome], local(at), minutes
        yield [pk, version, record, *done, people.get_name(author), text]
