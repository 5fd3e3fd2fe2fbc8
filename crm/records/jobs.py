"""Background work on records: bulk changes of large sets, undo of large operations."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.jobs import Problem, job_kind
from crm.models import FrozenSet, Job, Operation
from crm.records.change import carry_out
from crm.records.kinds import KINDS
from crm.records.operations import words_of
from crm.records.undo import undo
from crm.records.undoable import UndoRefused


def as_data(values: dict) -> QueryDict:
    """A dictionary in the form that forms read; used to pass a form's answers through a job."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _bulk_words(arguments: dict) -> str:
    frozen = FrozenSet.objects.filter(pk=arguments.get("set", 0)).first()
    kind = KINDS.get(frozen.table) if frozen else None
    action = kind.action(arguments.get("action", "")) if kind else None
    return _("Bulk change “%(what)s”") % {"what": action.label if action else ""}


@job_kind("bulk", _bulk_words)
def bulk(job: Job, progress) -> Operation | None:
    """Run a bulk action on a frozen set. If it runs twice, it finds the first run's operation."""
    frozen = FrozenSet.objects.select_for_update().filter(pk=job.arguments["set"], user=job.user).first()
    kind = KINDS.get(frozen.table) if frozen else None
    action = kind.action(job.arguments["action"]) if kind else None
    if frozen is None or kind is None or action is None or not action.allowed(job.user, kind.model):
        raise Problem(
            _(
                "The selection has expired, or you no longer have permission to change these "
                "records. Nothing was changed."
            )
        )
    if frozen.operation:
        return frozen.operation
    form = action.form(as_data(job.arguments["form"]), user=job.user)
    if not form.is_valid():
        raise Problem(_("The chosen value is no longer available. Nothing was changed."))
    outcome = carry_out(
        action.verb(form.cleaned_data, job.user),
        action.rows(job.user, kind.model),
        by=job.user,
        wanted=frozen.ids,
        channel=job.arguments.get("channel", Operation.Channel.BULK),
        note=job.arguments.get("note", ""),
        progress=progress,
    )
    frozen.operation = outcome.operation
    frozen.save(update_fields=["operation"])
    return outcome.operation


def _undo_words(arguments: dict) -> str:
    record = Operation.objects.filter(pk=arguments.get("operation", 0)).first()
    return _("Undo of “%(what)s”") % {"what": words_of(record) if record else ""}


@job_kind("undo", _undo_words)
def undo_many(job: Job, progress) -> Operation | None:
    """Undo an operation on many records. If it runs twice, it finds the operation undone and says so."""
    record = Operation.objects.filter(pk=job.arguments["operation"]).first()
    if record is None:
        raise Problem(_("This change no longer exists."))
    try:
        return undo(record, by=job.user, channel=Operation.Channel.BULK, progress=progress).operation
    except UndoRefused as refused:
        raise Problem(str(refused)) from None
