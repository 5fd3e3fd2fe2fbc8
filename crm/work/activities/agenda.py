"""The agenda of a meeting from its record: what was said last, what waits for an answer, the open tasks, and what is open beside it.

It is plain text that a person edits before it is saved. Nothing of it is sent to those invited.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.linked_records import get_linked_lists
from crm.templatetags.look import money, short_date
from crm.work.activities.combined_timeline import TimelineQuery
from crm.work.grouped_timeline.last_activity import LastActivity
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.templates.template_filling import get_typed_activity, join_paragraphs

# The button that asks for it.
AGENDA = "agenda"
# So many open tasks, and so many open records of each list, are on it.
MOST = 5
Email = Activity.Type.EMAIL


def fill_agenda(data: Mapping[str, str], kind: Kind, record: Any, viewer: Any) -> dict[str, Any]:
    """The fields of the form for an activity, with the agenda below what was typed."""
    typed = get_typed_activity(data)
    return {**typed, "text": join_paragraphs(typed["text"], build_agenda(kind, record, viewer))}


def build_agenda(kind: Kind, record: Any, viewer: Any) -> str:
    """Its parts, each a heading and its lines, of what the viewer sees; '' if there is nothing."""
    said = TimelineQuery(kind, record, viewer, {}).communication_queryset().newest_first()
    parts = [
        (_("Last contact"), list(_iterate_last_contact(said))),
        (_("To answer"), list(_iterate_unanswered(said))),
        (_("Open tasks"), list(_iterate_tasks(record))),
        *_iterate_open_records(record, viewer),
    ]
    return "\n\n".join("\n".join([f"{title}:", *lines]) for title, lines in parts if lines)


def _iterate_last_contact(said: Any) -> Iterator[str]:
    if found := said.first():
        last = LastActivity(found)
        words = f"{last.label}, {short_date(found.at)}"
        yield f"- {words}: {last.excerpt}" if last.excerpt else f"- {words}"


def _iterate_unanswered(said: Any) -> Iterator[str]:
    """The last email, if it arrived and nothing was written since."""
    last = said.of_type(Email).first()
    if last and last.has_arrived:
        words = _("Email of %(day)s") % {"day": short_date(last.at)}
        yield f"- {words}: {last.subject}" if last.subject else f"- {words}"


def _iterate_tasks(record: Any) -> Iterator[str]:
    for task in Task.objects.present().of_record(record.table, record.pk).open().in_order()[:MOST]:
        yield f"- {task}, {short_date(task.due_on)}" if task.due_on else f"- {task}"


def _iterate_open_records(record: Any, viewer: Any) -> Iterator[tuple[str, list[str]]]:
    """Those that are linked to it and open, such as the deals of a company with their amounts, and its requests."""
    for found in get_linked_lists(record, viewer):
        rows = [row for row in found.records if getattr(getattr(row, "status", row), "is_open", False)]
        yield str(found.title), [_describe_record(row) for row in rows[:MOST]]


def _describe_record(row: Any) -> str:
    value = getattr(row, "value", None)
    amount = money(value, row.currency) if value is not None else ""
    return f"- {', '.join(filter(None, [str(row), amount, str(getattr(row, 'status', ''))]))}"
