"""Carrying out the undo of a day: each operation of the automation is undone as a part of one change, which can be undone as a whole."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from automations.day_undo.operations_of_day import get_operations_between
from automations.definition.trigger_types import AUTOMATION
from automations.models import Automation
from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, PartDone, register_job_kind, start_job
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import Verb

JOB = "automation_undo_day"
# So many operations are undone within a request; more are a job, which undoes as many in each transaction.
OPERATIONS_AT_ONCE = 50
Progress = Callable[[int, int], None]


class UndoDay(Verb):
    kind = "undo_automation_day"
    title = _lazy("Undo of a day of an automation")
    icon = "undo"
    # An undo wakes no automation, and neither does what holds several of them together.
    changes_settings = True

    @classmethod
    def get_label(cls, parameters, kind):
        name = get_labels_by_id(Automation).get(parameters.get(AUTOMATION, 0), _("(deleted)"))
        day = date_format(date.fromisoformat(parameters["day"]), "j F Y")
        return _("Undo what “%(name)s” did on %(day)s") % {"name": name, "day": day}


def needs_job(operations: list[Operation]) -> bool:
    records = sum(record.changed for record in operations)
    return len(operations) > OPERATIONS_AT_ONCE or records > ROWS_AT_ONCE


def undo_operations(
    operations: list[Operation],
    automation: Automation,
    day: date,
    *,
    by: Any,
    whole: Operation | None = None,
    most: int | None = None,
    channel: str = Operation.Channel.WEB,
) -> Operation | None:
    """Undo these, the newest first, as parts of `whole` or of a new change, and return it; None if none could be undone. What the
    user may not undo stays. Once `most` of them are undone, the older ones stay too."""
    before = parts = whole.part_count if whole else 0
    for record in operations:
        if parts - before == most:
            break
        if whole is None:
            whole = Operation.objects.create(
                kind=UndoDay.kind,
                table=automation.table_of,
                by=by,
                channel=channel,
                parameters={AUTOMATION: automation.pk, "day": day.isoformat()},
            )
        place = {"part_of": whole, "part": parts}
        try:
            done = revert_operation(record, by=by, channel=channel, part=place).operation
        except UndoRefused:
            continue
        parts += 1
        _add_part(whole, done, parts)
    if whole and not parts:
        whole.delete()
        return None
    return whole


def _add_part(whole: Operation, part: Operation, parts: int) -> None:
    whole.part_count = parts
    for name in ("matched", "changed", "refused"):
        setattr(whole, name, getattr(whole, name) + getattr(part, name))
    whole.milliseconds = (whole.milliseconds or 0) + (part.milliseconds or 0)
    whole.save(update_fields=["part_count", "matched", "changed", "refused", "milliseconds"])


def start_day_job(automation: Automation, day: date, begin: datetime, end: datetime, user: Any) -> Job:
    """Queue the undo, or return the user's job that already does it."""
    values = {"automation": automation.pk, "day": day.isoformat()}
    running = Job.objects.unfinished().of_kind_and_user(JOB, user, **values).first()
    total = sum(record.changed for record in get_operations_between(automation, begin, end))
    times = {"begin": begin.isoformat(), "end": end.isoformat()}
    return running or start_job(JOB, user, values | times, total=total)


def _describe_job(arguments: dict) -> str:
    return UndoDay.get_label(arguments, None) if "day" in arguments else ""


@register_job_kind(JOB, _describe_job)
def run_day_job(job: Job, progress: Progress) -> Operation | PartDone | None:
    """Undo the next operations. If it runs twice, or goes on after a kill, it finds those that are undone."""
    automation = Automation.objects.active().filter(pk=job.arguments["automation"]).first()
    if automation is None or not job.user.has_perm(Automation.get_right("view")):
        raise JobProblem(_("The automation no longer exists. What was undone so far stays undone."))
    begin, end = (datetime.fromisoformat(job.arguments[name]) for name in ("begin", "end"))
    whole = Operation.objects.filter(pk=job.operation_id).first() if job.operation_id else None
    parts: list[Any] = list(whole.parts.values_list("undoes", flat=True)) if whole else []
    # The newest ones are undone first. Those among them that can't be undone aren't tried again, or they would be in the way of the
    # older ones.
    oldest = min(parts, default=None)
    left = [
        one for one in get_operations_between(automation, begin, end) if oldest is None or one.pk < oldest
    ]
    done = whole.matched if whole else 0
    progress(done, done + sum(one.changed for one in left))
    made = undo_operations(
        left,
        automation,
        date.fromisoformat(job.arguments["day"]),
        by=job.user,
        whole=whole,
        most=OPERATIONS_AT_ONCE,
        channel=Operation.Channel.BULK,
    )
    if made is None:
        raise JobProblem(_("None of these changes can be undone by you now."))
    job.operation = made
    # Without another one undone, the others can't be undone either.
    return PartDone(made) if made.part_count > len(parts) else made
