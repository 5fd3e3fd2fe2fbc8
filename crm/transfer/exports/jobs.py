"""Exports that take longer than their user waits, as jobs of the worker; and the cleanup of exported files."""

from collections.abc import Iterator

from django.db import transaction
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Export, Job
from crm.platform import jobs
from crm.platform.configuration.worker_lanes import EXPORTS
from crm.platform.files.orphaned_files import NamedFiles, find_files_named_in_rows
from crm.platform.files.store import remove_file, remove_unnamed_file
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.web.start_page.health import HealthLine, register_health_check
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports import task_file
from crm.transfer.exports.file_writing import ExportWriting
from crm.transfer.exports.selection import Selection
from crm.work.tasks.sheet_columns import get_exportable_kinds

KIND = "export"
PAGE = "/admin/exports"
# Seconds between two looks at how far the file is.
PAUSE = 0.3
# How many running exports administrators are shown.
SHOWN = 5

FILES = NamedFiles(
    "exports",
    named=lambda files: find_files_named_in_rows(Export, files),
    expected=lambda: (
        Export.objects.filter(state=Export.State.FINISHED).exclude(file="").values_list("file", flat=True)
    ),
)


def queue_export(export: Export) -> Job:
    """Any other user's work and a long import go on meanwhile: exports have a queue of their own."""
    with transaction.atomic():
        job = jobs.start_job(KIND, export.user, {"export": export.pk, "table": export.table})
        Export.objects.filter(pk=export.pk).update(job=job, file="")
    return job


def _describe_job(arguments: dict) -> str:
    kind = KINDS.get(arguments["table"])
    return _("Export of %(records)s") % {"records": kind.words.many if kind else _("tasks")}


@jobs.register_job_kind(KIND, _describe_job, page=lambda arguments: PAGE, lane=EXPORTS)
def export_file(job: Job, progress) -> None:
    """The receipt says how far the export is; one that a killed worker has finished isn't written again."""
    export = Export.objects.select_related("user").get(pk=job.arguments["export"])
    if export.state != Export.State.WRITING:
        return
    data = QueryDict(export.query)
    total = _get_allowed_records(export, data, job.user).count_matches()
    if export.file:
        remove_unnamed_file(export.file)
    progress(0, total)
    writing = ExportWriting(export, data, in_job=True)
    try:
        while not writing.spool.wait_until_ended(PAUSE):
            # The file isn't whole with its last record.
            progress(min(writing.rows, max(total - 1, 0)), total)
    except BaseException:
        writing.stop()
        raise
    finally:
        writing.spool.close()
    if writing.failed:
        export.refresh_from_db()
        raise jobs.JobProblem(export.note)
    if writing.spool.error:
        raise writing.spool.error
    progress(total, total)


def _get_allowed_records(export: Export, data: QueryDict, user) -> Selection | task_file.TaskSelection:
    """The records, if the user may still export them. Raises Problem."""
    if export.table == task_file.TABLE:
        allowed = bool(get_exportable_kinds(user))
    else:
        kind = KINDS[export.table]
        allowed = user.has_perms([kind.get_right("view"), kind.get_right("export")])
    if not allowed:
        raise jobs.JobProblem(_("You no longer have permission to export these records."))
    if export.table == task_file.TABLE:
        return task_file.get_task_selection(export, data)
    try:
        return Selection(KINDS[export.table], data, user)
    except Http404:
        raise jobs.JobProblem(_("Selections are kept for one day only. Select the records again.")) from None


@every_hour
def remove_old_export_files() -> int:
    """Exported files are deleted after FILE_DAYS; their receipts stay."""
    old = list(Export.objects.with_old_files())
    for export in old:
        remove_file(export.file)
        Export.objects.filter(pk=export.pk).update(file="")
    return len(old)


@register_health_check(91)
def check_running_exports() -> Iterator[HealthLine]:
    """They are notes, after the jobs."""
    for export in Export.objects.being_written().newest_first()[:SHOWN]:
        words = _("The export “%(file)s” is running.") % {"file": export.name}
        yield HealthLine(words, reverse("exports:list"), is_problem=False)
