"""Changing many records at once: freeze the set, preview exactly what will happen, do it as one operation."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import FrozenSet, Job, Operation
from crm.platform import jobs
from crm.platform.web.rendering.form_rendering import focus_first_field
from crm.platform.web.responses import BACK, add_way_back
from crm.records.editing.bulk_actions import (
    ROWS_AT_ONCE,
    BulkAction,
    count_out_of_sight,
    freeze_all,
    freeze_set,
    get_selected_ids,
)
from crm.records.editing.selection_pages import find_selection_page
from crm.records.history.multi_part_changes import count_parts, judge_frozen_set
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.record_list import RecordList, get_records_for_page
from crm.records.listing.way_back import build_list_url, get_way_back, get_way_back_or_list
from crm.records.screens.views.kind_access import kind_view

EXAMPLES = 6
EXAMPLES_OF_REFUSED = 2


@kind_view()
@require_POST
def bulk(request, kind: Kind):
    """The buttons of the bulk bar: freeze exactly the selected records, or all current matches, and go to the
    preview."""
    name = request.POST.get("action", "")
    check_allowed(kind, request.user, name)
    listing = RecordList(kind, request.GET, request.user, in_trash="bin" in request.GET)
    list_url = build_list_url(kind, request.GET, in_trash=listing.in_trash)
    if request.POST.get("all") == "1":
        frozen = freeze_all(request.user, listing.visible, listing.query or "all=1")
    else:
        ids = get_selected_ids(request.POST.getlist("record"), kind.model, request.user)
        frozen = freeze_set(request.user, kind.name, ids, "")
    if not frozen.count:
        frozen.delete()
        messages.warning(request, _("Select at least one row."))
        return redirect(list_url)
    page = find_selection_page(name, kind)
    url = page.url(kind, frozen) if page else kind.get_url("preview", frozen.pk, name)
    return redirect(add_way_back(url, list_url))


@kind_view()
def preview(request, kind: Kind, pk, name):
    """GET shows the form and the preview; POST does it. A second click finds the operation of the first."""
    action, frozen = get_allowed_action(kind, request.user, name), get_own_set(request, kind, pk)
    if frozen.operation_id:
        return redirect_to_operation(request, frozen.operation_id)
    data = request.POST if request.method == "POST" else request.GET
    asked = set(data) - {BACK} or not action.form.base_fields
    form = action.form(data if asked else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return apply_action(request, kind, action, frozen, form)
    focus_first_field(form)
    context = build_set_preview_context(kind, request.user, action, frozen, form)
    if form.is_valid():
        context |= build_preview_context(kind, request.user, action, frozen, form)
    context["way_back"] = get_way_back(request)
    query = QueryDict(frozen.query)
    context["list_url"] = get_way_back_or_list(request, kind, query, in_trash=action.in_trash)
    return render(request, "records/bulk.html", context, status=422 if request.method == "POST" else 200)


def apply_action(request, kind: Kind, action: BulkAction, frozen: FrozenSet, form):
    note = request.POST.get("note", "").strip()[:500]
    if running := Job.objects.unfinished().of_kind_and_user("bulk", request.user, set=frozen.pk).first():
        return redirect("job", running.pk)
    if frozen.count > ROWS_AT_ONCE:
        sent = {"set": frozen.pk, "action": action.name, "form": dict(request.POST.lists()), "note": note}
        sent["back"] = get_way_back(request)
        return redirect("job", jobs.start_job("bulk", request.user, sent, total=frozen.count).pk)
    outcome = carry_out(
        action.verb(form.cleaned_data, request.user),
        action.changeable_rows_queryset(request.user, kind.model),
        by=request.user,
        wanted=frozen.ids,
        channel=Operation.Channel.BULK,
        note=note,
    )
    FrozenSet.objects.filter(pk=frozen.pk).update(operation=outcome.operation)
    return redirect_to_operation(request, outcome.operation.pk)


def redirect_to_operation(request, pk: int):
    """To the page of the change, which leads back to the list."""
    return redirect(add_way_back(reverse("operation", args=[pk]), get_way_back(request)))


def check_allowed(kind: Kind, user, name: str) -> None:
    """Checked before anything is stored."""
    page = find_selection_page(name, kind)
    if page is None:
        get_allowed_action(kind, user, name)
    elif not page.is_allowed(kind, user):
        raise PermissionDenied


def get_allowed_action(kind: Kind, user, name: str) -> BulkAction:
    action = kind.get_action(name)
    if action is None:
        raise Http404
    if not action.is_allowed(user, kind.model):
        raise PermissionDenied
    return action


def get_own_set(request, kind: Kind, pk: int) -> FrozenSet:
    """The user's frozen set; locked while it is used, so that two clicks on the button make one operation."""
    sets = FrozenSet.objects.alive_of_user(request.user, kind.name).defer("ids")
    frozen = (sets.select_for_update() if request.method == "POST" else sets).filter(pk=pk).first()
    if frozen is None:
        raise Http404
    return frozen


def build_set_preview_context(kind: Kind, user, action: BulkAction, frozen: FrozenSet, form) -> dict:
    context = {"kind": kind, "action": action, "set": frozen, "form": form}
    if frozen.query:
        context["listing"] = RecordList(kind, QueryDict(frozen.query), user, in_trash=action.in_trash)
    return context


def build_preview_context(kind: Kind, user, action: BulkAction, frozen: FrozenSet, form) -> dict:
    """What would happen now: the outcome, some examples, each refusal with its reason."""
    verb, rows = action.verb(form.cleaned_data, user), action.changeable_rows_queryset(user, kind.model)
    outcome, judged = judge_frozen_set(verb, rows, frozen, by=user)
    return {
        "outcome": outcome,
        # Above a million records: the number of parts, and how many records the preview has judged.
        "part_count": count_parts(frozen) if judged else 0,
        "judged": judged,
        "unjudged": frozen.count - judged if judged else 0,
        "foretold": action.foretold(verb, outcome),
        "no_longer_seen": count_out_of_sight(verb, outcome.changed, kind.model, user),
        "operation_words": verb.get_label(verb.get_parameters(), kind),
        # What the verb does in parts, such as how many leads go to whom.
        "parts": verb.get_parts() if hasattr(verb, "get_parts") else [],
        "examples": build_examples_table(kind, outcome.changed[:EXAMPLES]),
        "more": max(0, len(outcome.changed) - EXAMPLES),
        "refusals": [
            (get_reason_sentence(code, kind), len(ids), join_example_names(kind, ids))
            for code, ids in outcome.refused.items()
        ],
    }


def build_examples_table(kind: Kind, ids: list[int]):
    """The first records that would change, or None; read-only."""
    records, columns = get_records_for_page(kind, ids, kind.fields.PREVIEW), kind.fields.PREVIEW
    return records and kind.table(records, columns_shown=columns, sort="")


def join_example_names(kind: Kind, ids: list[int]) -> str:
    """The names of a few of these records. An outcome contains only ids of records that the user sees; it counts the
    others (crm/records/history/verb_execution.py)."""
    return ", ".join(str(record) for record in get_records_for_page(kind, ids[:EXAMPLES_OF_REFUSED]))
