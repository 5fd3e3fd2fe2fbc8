"""The kinds of background work on leads (crm/jobs.py runs them)."""

from django.utils.translation import gettext as _

from crm.bulk import Action
from crm.change import carry_out
from crm.housekeeping import every_hour
from crm.jobs import Problem, job_kind
from crm.models import FrozenSet, Job, Operation
from crm.undo import UndoRefused, undo
from leads.bulk import action_named
from leads.forms import as_data
from leads.imports.jobs import files_of_imports
from leads.models import Export
from leads.operations import words_of
from leads.settings import exchange, merging, pipeline_retirement, retirement  # noqa: F401 - kinds of jobs of their own


def _bulk_words(arguments: dict) -> str:
    action = action_named(arguments.get("action", ""))
    return _("The bulk change “%(what)s”") % {"what": action.label if action else ""}


@job_kind("bulk", _bulk_words)
def bulk(job: Job, progress) -> Operation | None:
    """Carry a bulk action out on a frozen set. Run twice, it finds the operation of the first time."""
    frozen = FrozenSet.objects.select_for_update().filter(pk=job.arguments["set"], user=job.user).first()
    action: Action | None = action_named(job.arguments["action"])
    if frozen is None or action is None or not action.allowed(job.user):
        raise Problem(_("The set or the right to change it is gone; nothing was changed."))
    if frozen.operation:
        return frozen.operation
    form = action.form(as_data(job.arguments["form"]), user=job.user)
    if not form.is_valid():
        raise Problem(_("What was to be set is no longer possible; nothing was changed."))
    outcome = carry_out(
        action.verb(form.cleaned_data, job.user),
        action.rows(job.user),
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
    return _("The undo of “%(what)s”") % {"what": words_of(record) if record else ""}


@job_kind("undo", _undo_words)
def undo_many(job: Job, progress) -> Operation | None:
    """Take an operation over many leads back. Run twice, it finds it undone and says so."""
    record = Operation.objects.filter(pk=job.arguments["operation"]).first()
    if record is None:
        raise Problem(_("The operation is gone."))
    try:
        return undo(record, by=job.user, channel=Operation.Channel.BULK, progress=progress).operation
    except UndoRefused as refused:
        raise Problem(str(refused)) from None


@every_hour
def files_of_exports() -> int:
    """Exported files live for FILE_DAYS; their receipts stay."""
    old = list(Export.objects.with_old_files())
    for export in old:
        export.path.unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in old]).update(file="")
    return len(old)


every_hour(files_of_imports)
