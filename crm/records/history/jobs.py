"""Background work on records: bulk changes of large sets, undo of large operations."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.models import FrozenSet, Job, Operation
from crm.platform.jobs import JobProblem, PartDone, register_job_kind, start_job
from crm.platform.jobs.housekeeping import every_hour
from crm.records.history.multi_part_changes import (
    carry_out_next_part,
    find_finished_undo_of_job,
    get_continuation_obstacle,
    needs_parts,
    undo_next_part,
)
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out
from crm.records.history.visible_operations import describe_operation
from crm.records.kinds.kind_registry import KINDS


def build_query_dict(values: dict) -> QueryDict:
    """A dictionary in the form that forms read; used to pass a form's answers through a job."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _describe_bulk_job(arguments: dict) -> str:
    # Without the ids: the page of a running job asks each second.
    frozen = FrozenSet.objects.filter(pk=arguments.get("set", 0)).defer("ids").first()
    kind = KINDS.get(frozen.table) if frozen else None
    action = kind.get_action(arguments.get("action", "")) if kind else None
    return _("Bulk change “%(what)s”") % {"what": action.label if action else ""}


@register_job_kind("bulk", _describe_bulk_job)
def run_bulk_job(job: Job, progress) -> Operation | PartDone:
    """Run a bulk action on a frozen set, or the next part of it. If it runs twice, it finds the first run's operation."""
    own = FrozenSet.objects.select_for_update().defer("ids")
    frozen = own.filter(pk=job.arguments["set"], user=job.user).first()
    begun = frozen.operation_id if frozen else job.operation_id
    kind = KINDS.get(frozen.table) if frozen else None
    action = kind.get_action(job.arguments["action"]) if kind else None
    if frozen is None or kind is None or action is None or not action.is_allowed(job.user, kind.model):
        raise JobProblem(
            _(
                "The selection has expired, or you no longer have permission to change these "
                "records. The rest wasn’t changed."
            )
            if begun
            else _(
                "The selection has expired, or you no longer have permission to change these "
                "records. Nothing was changed."
            )
        )
    # An undo of the parts that are done waits for this one, or this one finds it.
    if begun:
        frozen.operation = Operation.objects.select_for_update(no_key=True).get(pk=begun)
    if frozen.operation and not frozen.operation.parts_left:
        return frozen.operation
    if frozen.operation and (reason := get_continuation_obstacle(frozen.operation)):
        raise JobProblem(reason)
    form = action.form(build_query_dict(job.arguments["form"]), user=job.user)
    if not form.is_valid():
        raise JobProblem(
            _("The chosen value is no longer available. The rest wasn’t changed.")
            if begun
            else _("The chosen value is no longer available. Nothing was changed.")
        )
    verb, rows = (
        action.verb(form.cleaned_data, job.user),
        action.changeable_rows_queryset(job.user, kind.model),
    )
    values: dict[str, Any] = {
        "by": job.user,
        "channel": job.arguments.get("channel", Operation.Channel.BULK),
        "note": job.arguments.get("note", ""),
        "progress": progress,
    }
    in_parts = needs_parts(frozen)
    if in_parts:
        frozen.operation = carry_out_next_part(verb, rows, frozen, **values)
    else:
        frozen.operation = carry_out(verb, rows, wanted=frozen.ids, **values).operation
    frozen.save(update_fields=["operation"])
    return PartDone(frozen.operation) if in_parts else frozen.operation


def start_undo(record: Operation, user, *, back: str = "") -> Job:
    """Queue the undo of a large operation, or return the user's job that already does it. `back` is the list that its page leads
    back to. Raises UndoRefused if another job is about the same operation."""
    # Once without waiting for the parts of a job that is running, and once without another click in between.
    running = Job.objects.unfinished().about(record)
    if not running.exists():
        Operation.objects.select_for_update(no_key=True).get(pk=record.pk)
    known = running.first()
    if known is None:
        return start_job("undo", user, {"operation": record.pk, "back": back}, total=record.changed)
    if known.kind != "undo":
        raise UndoRefused(_("This change is still being carried out. Cancel its job first."))
    if known.user_id != user.pk:
        raise UndoRefused(_("%(name)s is already undoing this change.") % {"name": known.user.name})
    return known


def _describe_undo_job(arguments: dict) -> str:
    record = Operation.objects.filter(pk=arguments.get("operation", 0)).first()
    return _("Undo of “%(what)s”") % {"what": describe_operation(record) if record else ""}


@register_job_kind("undo", _describe_undo_job)
def run_undo_job(job: Job, progress) -> Operation | PartDone:
    """Undo an operation on many records, or the next part of it. If it runs twice, it finds the operation undone and says
    so."""
    record = Operation.objects.filter(pk=job.arguments["operation"]).first()
    if record is None:
        raise JobProblem(_("This change no longer exists."))
    if done := find_finished_undo_of_job(record, job):
        return done
    try:
        if record.part_count:
            return PartDone(
                undo_next_part(record, by=job.user, channel=Operation.Channel.BULK, progress=progress)
            )
        return revert_operation(
            record, by=job.user, channel=Operation.Channel.BULK, progress=progress
        ).operation
    except UndoRefused as refused:
        raise JobProblem(str(refused)) from None


@every_hour
def delete_expired_frozen_sets() -> int:
    return FrozenSet.objects.expired().delete()[0]
