"""An import in its current state: running, stopped, waiting for its next step, or done with its receipt."""

from pathlib import Path

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from crm.models import Import
from crm.platform import jobs
from crm.platform.database.read_routing import on_primary
from crm.platform.excel.reading.encodings import get_encoding_choices
from crm.platform.excel.reading.limits import TEXT_EXTENSIONS
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.file_columns import get_column_targets
from crm.transfer.imports.columns.import_options import MATCH_CHOICES
from crm.transfer.imports.import_access import (
    describe_file,
    estimate_pace,
    get_own_import,
    get_visible_import,
)
from crm.transfer.imports.jobs import check_now_or_later
from crm.transfer.imports.plan.value_mapping import has_undecided_values
from crm.transfer.imports.read.workbook_sheets import get_chosen_sheets
from crm.transfer.imports.sheet_contents import get_import_rules
from crm.transfer.imports.views.import_list import add_undo_states
from crm.transfer.imports.work.work_import import WorkImport


@on_primary
@require_safe
def import_page(request, pk):
    imported = get_visible_import(request, pk)
    if imported.has_unfinished_job:
        return render_progress(request, imported)
    if request.htmx:
        # The page that shows the progress redirects to the result.
        return HttpResponseClientRedirect(request.path)
    if imported.state == Import.State.DONE:
        return render_response(request, "imports/done.html", build_receipt_context(imported, request.user))
    if (step := get_next_step_url(imported)) and not imported.stop_message:
        return redirect(step, imported.pk)
    context = {
        "imported": imported,
        "kind": KINDS[imported.table],
        "step": get_next_step_url(imported),
        "file": describe_file(imported),
        "encodings": get_encoding_choices(imported.encoding) if may_choose_encoding(imported) else [],
    }
    return render_response(request, "imports/stopped.html", context)


def may_choose_encoding(imported: Import) -> bool:
    """Whether another encoding may help: for a text file that couldn't be read."""
    text = Path(imported.name.lower()).suffix in TEXT_EXTENSIONS
    return text and imported.state == Import.State.READING and bool(imported.file and imported.stop_message)


def render_progress(request, imported: Import):
    """The page of a running import, and the part of it that is polled."""
    kind, job = KINDS[imported.table], imported.job
    context = {"imported": imported, "kind": kind, "job": job, "pace": estimate_pace(job)}
    return render_response(
        request, "imports/progress.html", context, fragments={"progress": "imports/_progress.html"}
    )


def get_next_step_url(imported: Import) -> str:
    """The owner's next step, '' if they can't take it."""
    if not imported.rows_kept or imported.state not in (Import.State.COLUMNS, Import.State.PLAN):
        return ""
    if imported.state == Import.State.COLUMNS:
        return "imports:sheets" if imported.parts and imported.part is None else "imports:columns"
    return "imports:values" if has_undecided_values(imported) else "imports:plan"


@require_POST
def check_again(request, pk):
    """Check again with the same columns and options against the current records."""
    imported = get_own_import(request, pk)
    if not imported.has_unfinished_job and get_next_step_url(imported):
        check_now_or_later(imported)
    return redirect("imports:import", imported.pk)


@require_POST
def stop(request, pk):
    """Stop the running work; the import goes back to its earlier state. The work may have a lock on its row."""
    imported = get_own_import(request, pk, locked=False)
    if imported.job and jobs.cancel_job(imported.job):
        messages.success(request, _("Canceling the import. Its changes will be undone."))
    return redirect("imports:import", imported.pk)


@require_POST
def cancel(request, pk):
    """Cancel the import. Nothing was written."""
    imported = get_own_import(request, pk)
    if imported.is_open and not imported.has_unfinished_job:
        imported.state, imported.ended_at = Import.State.CANCELLED, timezone.now()
        imported.save(update_fields=["state", "ended_at"])
        messages.success(request, _("The import was canceled. Nothing was changed."))
    return redirect("imports:list")


def build_receipt_context(imported: Import, user) -> dict:
    """What happened to each row; the counts add up to all rows of the file."""
    counts, rules = imported.counts, get_import_rules(imported, user)
    [(_imported, undone, may_undo)] = add_undo_states([imported], user)
    written = counts.get("added", 0) + counts.get("done", 0)
    meanwhile = [(get_reason_sentence(code), number) for code, number in counts.get("refused", {}).items()]
    refused = sum(number for _words, number in meanwhile)
    passive = counts.get("unchanged", 0) + counts.get("error", 0)
    return {
        "imported": imported,
        "kind": KINDS[imported.table],
        "counts": counts,
        "meanwhile": meanwhile,
        **build_parts_context(imported, user),
        "linked": [KINDS[table].words.counted(count) for table, count in counts.get("linked", {}).items()],
        "links": rules.describe_links(counts),
        "left_out": imported.rows - written - refused - passive,
        "not_written": imported.rows - written - counts.get("unchanged", 0),
        "undone": undone,
        "may_undo": may_undo,
        "written": written,
        "counted": rules.format_row_count(written),
        "file": describe_file(imported),
        "columns": get_columns_with_targets(imported, rules),
        "match": "" if imported.activities else dict(MATCH_CHOICES).get(imported.options.get("match", "")),
    }


def build_parts_context(imported: Import, user) -> dict:
    """The sheets of the same upload, each with whether it is undone and may be."""
    parts = get_chosen_sheets(imported)
    begun = add_undo_states([part.imported for part in parts if part.imported], user)
    undo = {other.pk: (undone, may_undo) for other, undone, may_undo in begun}
    found = [(part, *undo.get(part.imported.pk if part.imported else 0, (False, False))) for part in parts]
    return {
        "parts": found,
        "has_next": any(part.is_next for part in parts),
        "undoes_several": sum(may_undo for _part, _undone, may_undo in found) > 1,
    }


def get_columns_with_targets(imported: Import, rules: ImportRules) -> list[tuple[str, str]]:
    """Each column of the file with its target, '' for skipped columns."""
    if isinstance(rules, WorkImport):
        names = {name: rules.get_heading(name) for name in imported.mapping if name}
    else:
        names = dict(get_column_targets(rules.kind, imported.user))
    return [
        (imported.get_heading(place), names.get(name, "") if name else "")
        for place, name in enumerate(imported.mapping)
    ]
