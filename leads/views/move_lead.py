"""Moving a lead or a deal to another status, after asking for required fields that are empty; or filling them in
beforehand."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.editing.edit_conflicts import get_edit_conflicts
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.records.screens.views.record_buttons import show_outcome_message
from crm.work.screens.views.board_move import render_board_if_opened
from crm.work.screens.views.edit import parse_sent_version
from crm.work.screens.views.inline_edit import is_of_row, render_current_row
from crm.work.screens.views.record import redirect_to_record_or_list
from leads.forms import MoveForm
from leads.models import Status
from leads.statuses import status_contract


@kind_view()
def move(request, kind: Kind, pk):
    """Move to another status, after asking for required fields that are empty."""
    posted = request.method == "POST"
    record = get_changeable_record(kind, request.user, pk, lock=posted)
    status = get_requested_status(request, record)
    asked = posted and "filled" in request.POST
    form = MoveForm(request.POST if asked else None, **get_form_arguments(request, record, status))
    crossed = (
        get_edit_conflicts(kind, record, get_seen_version(request, record), {"status": status})
        if posted
        else []
    )
    if posted and not crossed and (form.is_valid() if asked else not form.fields):
        changes = form.get_changes() if asked else {"status": status, "lost_reason": None, "lost_remark": ""}
        rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(kind.edit(changes), rows, by=request.user)
        show_outcome_message(request, kind, outcome, _("Moved to %(status)s.") % {"status": status.label})
        return render_moved_record(request, kind, record)
    return render_move_form(request, kind, record, status, form, crossed, status_code=422 if asked else 200)


@kind_view()
@require_POST
def fill_in(request, kind: Kind, pk):
    """Fill in some of the fields that a status requires. The record stays in its own."""
    record = get_changeable_record(kind, request.user, pk, lock=True)
    status = get_requested_status(request, record)
    names = [
        name for name in status_contract.get_required_fields(status, kind.model) if request.POST.get(name)
    ]
    form = MoveForm(request.POST, only=names, **get_form_arguments(request, record, status))
    if not form.is_valid():
        return render_move_form(request, kind, record, status, form, [], status_code=422)
    if crossed := get_edit_conflicts(
        kind, record, get_seen_version(request, record), form.get_filled_values()
    ):
        return render_move_form(request, kind, record, status, form, crossed)
    if names:
        rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
        show_outcome_message(
            request, kind, carry_out(kind.edit(form.get_filled_values()), rows, by=request.user), _("Saved.")
        )
    return render_moved_record(request, kind, record)


def render_moved_record(request, kind: Kind, record: Any):
    """The board, the row of the list or the page on which the record was moved."""
    if board := render_board_if_opened(request, kind, record.pk):
        return board
    if is_of_row(request):
        return render_current_row(request, kind, record.pk)
    return redirect_to_record_or_list(request, kind, record)


def get_requested_status(request, record: Any) -> Status:
    """The status in use that the request names, in the record's pipeline."""
    pk = parse_number(request.POST.get("status") or request.GET.get("status") or "")
    status = Status.objects.active().of_pipeline(record.status.pipeline_id).filter(pk=pk).first()
    if status is None:
        raise Http404
    return status


def get_form_arguments(request, record: Any, status: Status) -> dict:
    values = {field.name: getattr(record, field.attname) for field in record._meta.local_concrete_fields}
    return {"record": record, "status": status, "user": request.user, "initial": values}


def get_seen_version(request, record: Any) -> int:
    """The version from which the form was drawn."""
    return parse_sent_version(request, record) or record.version


def render_move_form(
    request,
    kind: Kind,
    record: Any,
    status: Status,
    form: MoveForm,
    crossed: list,
    *,
    status_code: int = 200,
):
    context = {"kind": kind, "record": record, "status": status, "form": form, "crossings": crossed}
    # The query of the board that it was opened from, if it was.
    context["board"] = request.POST.get("board", request.GET.get("board"))
    targets = ("dialog", "inline", f"row-{record.pk}")
    # A menu sends its form with a script of its own (static/js/dialogs.js).
    context["in_menu"] = bool(request.htmx) and request.htmx.target in targets[1:]
    fragments = dict.fromkeys(targets, "leads/_move.html")
    return render_response(
        request, "leads/move.html", context, fragments=fragments, status=409 if crossed else status_code
    )
