"""The file with the tasks that the list of tasks shows, in its order."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field
from django.db.models.query import ValuesListIterable
from django.http import QueryDict
from django.utils.text import capfirst

from crm.fields.widgets.person_widgets import PersonCell
from crm.fields.widgets.value_widgets import MomentCell
from crm.models import Export
from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.task import Task
from crm.work.tasks.listing.filters import TaskFilterForm
from crm.work.tasks.sheet_columns import get_exportable_kinds, get_records_of_tasks, get_sheet_headings

TABLE = "task"
ROWS_AT_ONCE = 2_000
READ = (
    "id",
    "version",
    "of",
    "record",
    "title",
    "type",
    "priority",
    "due_on",
    "due_time",
    "user_id",
    "done_at",
)
READ_LAST = ("description", "created_at")


class TaskSelection:
    """The tasks that a URL of the list asks for, of records that the user sees and may export."""

    def __init__(self, data: QueryDict, user: Any) -> None:
        self.user = user
        self.form = TaskFilterForm(data, viewer=user)

    @property
    def rows(self) -> Any:
        return self.form.tasks_queryset().of_kinds([kind.name for kind in get_exportable_kinds(self.user)])

    def count_matches(self) -> int:
        return self.rows.order_by().count()


def get_task_selection(export: Export, data: QueryDict) -> TaskSelection:
    """With the permissions that the user has now."""
    return TaskSelection(data, get_user_model()._default_manager.with_rights().get(pk=export.user_id))


def build_task_columns() -> list[SheetColumn]:
    special: dict[str, dict[str, Any]] = {
        "task": {"kind": CellKind.NUMBER, "width": 9},
        "version": {"kind": CellKind.NUMBER, "hidden": True},
        "record": {"width": 30},
        "title": {"width": 40},
        "type": {"choices": tuple(_get_choice_labels("type").values())},
        "priority": {"choices": tuple(_get_choice_labels("priority").values())},
        "due_on": {"kind": CellKind.DATE},
        "due_time": {"width": 9},
        "zone": {"width": 20},
        "user": {"width": 30},
        "done_at": {"kind": CellKind.MOMENT},
        "description": {"width": 60},
        "created_at": {"kind": CellKind.MOMENT},
    }
    return [SheetColumn(heading, **special.get(name, {})) for name, heading in get_sheet_headings().items()]


def build_task_rows(selection: TaskSelection) -> Iterator[list[Any]]:
    """Fetched while they are written."""
    tuples = selection.rows.values_list(*READ, *READ_LAST)
    fetched: Iterable[tuple] = ValuesListIterable(tuples, chunked_fetch=True, chunk_size=ROWS_AT_ONCE)
    source = iter(fetched)
    types, priorities = _get_choice_labels("type"), _get_choice_labels("priority")
    people, local, records = (
        PersonCell(),
        MomentCell().get_rendering_for_rows(),
        get_records_of_tasks(selection.user),
    )
    people.prepare(selection.user)
    zones = {user.pk: str(user.zone) for user in get_user_model()._default_manager.only("time_zone")}
    while portion := list(islice(source, ROWS_AT_ONCE)):
        for name, cell in records.items():
            cell.load_names(record for _pk, _version, of, record, *_rest in portion if of == name)
        for pk, version, of, record, title, type_, priority, day, clock, user, done, text, created in portion:
            yield [
                pk,
                version,
                str(capfirst(str(KINDS[of].words.one))),
                records[of].get_name(record),
                title,
                types[type_],
                priorities[priority],
                day,
                f"{clock:%H:%M}" if clock else "",
                zones.get(user, "") if clock else "",
                people.get_label(user),
                local(done),
                text,
                local(created),
            ]


def _get_choice_labels(name: str) -> dict[str, str]:
    field: Field[Any, Any] = Task._meta.get_field(name)  # type: ignore[assignment]
    return {value: str(capfirst(str(word))) for value, word in field.flatchoices}
