"""Apply: exactly the plan, in one operation; records that a colleague has changed since are listed and stay unchanged."""

import time
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Import, Operation
from crm.platform.web.transactions import retry_once
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.import_locks import lock_against_same_imports
from crm.transfer.imports.apply.import_verb import ImportFile
from crm.transfer.imports.apply.stale_plan import StalePlan
from crm.transfer.imports.sheet_contents import get_import_rules, get_sheet_content

# Other users of the machine take priority: after each statement, a job pauses for this share of its duration.
PAUSE_SHARE = 0.15


@retry_once
def apply_import_plan(
    imported: Import, *, by, progress: Callable[[int, int], None] | None = None
) -> Operation:
    """Apply the plan. A second call, even a simultaneous one, returns the operation of the first.

    Raises Stale.
    """
    begun = time.monotonic()
    with transaction.atomic():
        imported = _lock_import(imported)
        if imported.state == Import.State.DONE and imported.operation:
            return imported.operation
        if imported.counts.get("add"):
            lock_against_same_imports(imported, by=by)
        if imported.state != Import.State.PLAN:
            raise StalePlan(_("There are no changes to apply. Check the file again."))
        kind, verb = KINDS[imported.table], ImportFile(imported)
        values = {"channel": Operation.Channel.IMPORT, "parameters": verb.get_parameters()}
        with operation(verb.kind, table=kind.name, by=by, **values) as record:
            paced = _build_paced_progress(progress, imported)
            application = Application(imported, get_import_rules(imported, by), record, paced)
            for step in get_sheet_content(imported).steps:
                step(application)
            record.milliseconds = round((time.monotonic() - begun) * 1000)
            record.save()
        imported.save()
    return record


def _lock_import(imported: Import) -> Import:
    """The import in its current state, locked: this prevents applying it twice."""
    return Import.objects.select_for_update(no_key=True).get(pk=imported.pk)


def _build_paced_progress(progress, imported: Import) -> Callable[[int], None]:
    """Reports progress and pauses for others."""
    total = imported.counts.get("add", 0) + imported.counts.get("change", 0)
    last = time.monotonic()

    def report_progress(done: int) -> None:
        nonlocal last
        if progress:
            progress(done, total)
            time.sleep((time.monotonic() - last) * PAUSE_SHARE)
        last = time.monotonic()

    return report_progress
