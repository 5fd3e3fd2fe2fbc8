"""Step three of an import: preview every row, correct cells, choose; exactly this preview is then applied."""

from http import HTTPStatus

from django.contrib import messages
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from crm.models import Import, PlannedRow
from crm.platform.database.read_routing import on_primary
from crm.transfer.imports.apply.plan_application import StalePlan
from crm.transfer.imports.check.common_errors import find_common_errors
from crm.transfer.imports.check.error_groups import build_error_groups
from crm.transfer.imports.check.reinterpreted_cells import get_note_examples
from crm.transfer.imports.columns.file_columns import get_target_heading
from crm.transfer.imports.columns.program_exports import describe_changes_since_last
from crm.transfer.imports.import_access import describe_file, get_own_import, get_redirect_to_required_page
from crm.transfer.imports.jobs import apply_now_or_later, check_now_or_later
from crm.transfer.imports.plan.corrections import Answers
from crm.transfer.imports.plan.options_summary import describe_settings
from crm.transfer.imports.plan.plan_lines import PlanPage
from crm.transfer.imports.read.workbook_sheets import get_part_to_show
from crm.transfer.imports.sheet_contents import get_import_rules, get_sheet_content
from crm.transfer.imports.work.work_import import WorkImport


@on_primary
def plan(request, pk):
    imported = get_own_import(request, pk)
    if away := get_redirect_to_required_page(imported, Import.State.PLAN):
        return away
    if request.method == "POST":
        return check_answers(request, imported)
    return render_plan(request, imported)


def render_plan(request, imported: Import, refusal: str = ""):
    """`refusal` is the sentence that says why this plan can't be applied any more."""
    page = get_sheet_content(imported).page(imported, get_import_rules(imported, request.user), request.GET)
    context = build_context(imported, page) | {"refusal": refusal}
    return render(request, "imports/plan.html", context, status=HTTPStatus.CONFLICT if refusal else None)


def build_context(imported: Import, page: PlanPage) -> dict:
    kind, rules, counts = page.kind, page.rules, imported.counts
    errors = page.show in ("", PlannedRow.Verdict.ERROR)
    return {
        "imported": imported,
        "kind": kind,
        "counts": counts,
        "page": page,
        "key_heading": get_target_heading(kind, imported.options["key"]) if "key" in imported.options else "",
        "sections": page.build_sections(),
        "offers": page.get_offers(),
        "settings": rules.describe_plan(imported)
        if isinstance(rules, WorkImport)
        else describe_settings(imported, rules),
        "reasons": find_common_errors(imported, rules) if errors else [],
        "noted": get_note_examples(imported) if not page.show else [],
        "mistakes": build_error_groups(imported, rules, page.known_values) if errors else [],
        "file": describe_file(imported),
        "since": describe_changes_since_last(imported),
        **get_part_to_show(imported),
        "written": counts.get("add", 0) + counts.get("change", 0),
    }


def check_answers(request, imported: Import):
    """Corrections and choices are checked first; only a plan that the user saw in its final form is applied."""
    here = f"{resolve_url('imports:plan', imported.pk)}?{request.GET.urlencode()}".rstrip("?")
    applying = "apply" in request.POST
    answers = Answers(imported, request.POST)
    if answers.save():
        check_now_or_later(imported, only=answers.touched)
        if applying:
            messages.warning(
                request,
                _("Your corrections were checked first. Review the preview again, then apply the changes."),
            )
        return redirect("imports:import", imported.pk) if imported.has_unfinished_job else redirect(here)
    if not applying:
        messages.warning(request, _("You haven’t changed anything."))
        return redirect(here)
    if request.POST["apply"] != imported.counts.get("made", ""):
        messages.warning(
            request,
            _("The preview has been updated in the meantime. Review it again, then apply the changes."),
        )
        return redirect(here)
    return apply_plan(request, imported)


def apply_plan(request, imported: Import):
    try:
        apply_now_or_later(imported)
    except StalePlan as stale:
        return render_plan(request, imported, refusal=str(stale))
    return redirect("imports:import", imported.pk)
