"""The background work of an import: reading its file, checking many rows, applying many rows."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.models import Import, Job, Operation
from crm.platform.excel.reading.reader import UnreadableFile
from crm.platform.files.orphaned_files import NamedFiles, find_files_named_in_rows
from crm.platform.files.store import remove_file
from crm.platform.jobs import JobProblem, move_to_long_queue, register_job_kind, start_job
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.jobs.job_control import MANY
from crm.platform.jobs.job_runner import NotYet
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.import_locks import must_wait
from crm.transfer.imports.apply.plan_application import StalePlan, apply_import_plan
from crm.transfer.imports.check.plan_building import Progress
from crm.transfer.imports.check.recheck import check_rows_again
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.links.links_within_file import has_links_within_file
from crm.transfer.imports.read.erasure_locks import lock_imports_for_reading
from crm.transfer.imports.read.staging import stage_rows
from crm.transfer.imports.read.workbook_sheets import recognize_sheets
from crm.transfer.imports.sheet_contents import get_sheet_content

# More rows than this are checked and applied by a job.
ROWS_AT_ONCE = 2_000
# A file of more bytes has so many rows that reading it takes longer than about ten seconds. A smaller workbook may have as many, if
# they repeat themselves: its first rows say how many there are.
LARGE_FILE = 1_000_000
# An import lets other jobs go first while it waits for its turn; after this time it waits in order, a short one among the long ones.
PATIENCE = timedelta(minutes=5)

FILES = NamedFiles(
    "imports",
    named=lambda files: find_files_named_in_rows(Import, files),
    expected=lambda: Import.objects.exclude(file="").values_list("file", flat=True).distinct(),
)


def _describe_job(arguments: dict) -> str:
    return _("Import of %(file)s") % {"file": arguments.get("file", "")}


def _get_import_url(arguments: dict) -> str:
    return reverse("imports:import", args=[arguments["import"]])


def queue_import_job(kind: str, imported: Import, *, total: int = 0) -> None:
    """Queue a job for this import; nothing else may change the import until the job ends."""
    long = kind == "import_read" and imported.size > LARGE_FILE
    arguments = {"import": imported.pk, "file": imported.name}
    imported.job = start_job(kind, imported.user, arguments, total=total, long=long)
    imported.save(update_fields=["job"])


def check_now_or_later(imported: Import, *, only: list[int] | None = None) -> None:
    """Check few rows immediately, many in a job. `only` are the corrected rows, if not all rows are checked."""
    many = imported.rows > ROWS_AT_ONCE
    alone = None if imported.activities or _links_its_rows(imported) else only
    if many and alone is not None and check_rows_again(imported, imported.user, alone, most=ROWS_AT_ONCE):
        return
    # Until there is a new plan, the old one must not be applied.
    imported.state = Import.State.COLUMNS
    imported.save(update_fields=["state"])
    if many:
        queue_import_job("import_check", imported, total=imported.rows)
    else:
        make_plan(imported, imported.user)


def _links_its_rows(imported: Import) -> bool:
    """Whether a row may change what others link to, or what is counted of all links."""
    kind = KINDS[imported.table]
    if imported.options.get("link"):
        return True
    return has_links_within_file(imported, get_rules_class(kind)(kind, imported.user))


@use_definitions_as_found()
def make_plan(imported: Import, user: Any, progress: Progress | None = None) -> None:
    """Make a new plan, with the fields as they are at the beginning."""
    get_sheet_content(imported).check(imported, user).run(progress)


def apply_now_or_later(imported: Import) -> Operation | None:
    """The operation, or None if a job will do it: for many rows, and while another import is adding records. Raises
    Stale."""
    many = imported.counts.get("add", 0) + imported.counts.get("change", 0) > ROWS_AT_ONCE
    if many or must_wait(imported, by=imported.user):
        queue_import_job("import_apply", imported, total=imported.rows)
        return None
    return apply_import_plan(imported, by=imported.user)


def _get_own_import(job: Job) -> Import:
    imported = Import.objects.select_related("user").filter(pk=job.arguments["import"], user=job.user).first()
    if imported is None or (not imported.is_open and imported.state != Import.State.DONE):
        raise JobProblem(_("The import was canceled."))
    return imported


@register_job_kind("import_read", _describe_job, page=_get_import_url, quiet=True)
def read_file(job: Job, progress) -> Operation | None:
    lock_imports_for_reading()
    imported = _get_own_import(job)
    if not imported.file:
        raise JobProblem(_("The file is no longer stored. Upload it again."))
    first_time, is_short = not imported.sheet, True

    def report_rows_read(done: int, total: int) -> None:
        nonlocal is_short
        if is_short and total > MANY:
            move_to_long_queue(job)
            is_short = False
        progress(done, total)

    try:
        stage_rows(imported, report_rows_read)
        if first_time and imported.sheets:
            recognize_sheets(imported, report_rows_read)
    except UnreadableFile as refused:
        raise JobProblem(str(refused)) from None
    return None


@register_job_kind("import_check", _describe_job, page=_get_import_url, quiet=True)
def run_check_job(job: Job, progress) -> Operation | None:
    lock_imports_for_reading()
    imported = _get_own_import(job)
    if imported.state in (Import.State.COLUMNS, Import.State.PLAN):
        make_plan(imported, job.user, progress)
    return None


@register_job_kind("import_apply", _describe_job, page=_get_import_url, quiet=True)
def run_apply_job(job: Job, progress) -> Operation | None:
    imported = _get_own_import(job)
    if timezone.now() - job.asked_at < PATIENCE and must_wait(imported, by=job.user):
        raise NotYet
    try:
        record = apply_import_plan(imported, by=job.user, progress=progress)
    except StalePlan as stale:
        raise JobProblem(str(stale)) from None
    counts = Import.objects.get(pk=imported.pk).counts
    create_notification(
        job.user,
        "imported",
        record,
        file=imported.name,
        added=counts["added"],
        changed=counts["done"],
        path=_get_import_url(job.arguments),
    )
    return record


@every_hour
def remove_old_import_files() -> int:
    """Uploaded files are deleted after FILE_DAYS, the cells of an import a week after it ends; the receipt stays."""
    old = list(Import.objects.old_files())
    for file in old:
        remove_file(file)
        Import.objects.filter(file=file).update(file="")
    ended = list(Import.objects.with_old_rows().values_list("pk", flat=True)[:20])
    for pk in ended:
        imported = Import.objects.get(pk=pk)
        imported.file_rows.all().delete()
        imported.plan.all().delete()
        Import.objects.filter(pk=pk).update(rows_kept=False)
    return len(old) + len(ended)


@register_notice_kind("imported", icon="upload")
def get_finished_sentence(values: dict) -> str:
    return _("The import of %(file)s is finished: %(added)s added, %(changed)s changed.")


@register_notice_kind("import_failed")
def get_failed_sentence(values: dict) -> str:
    return _("The import of %(file)s failed: %(problem)s")
