"""Moving a lead to another status, after asking for required fields that are empty; or filling them in beforehand."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.change import carry_out
from crm.records.conflicts import crossings
from crm.records.views.board_move import back_to_board
from crm.records.views.change import say
from crm.records.views.edit import sent_version
from crm.records.views.of_kind import changeable_record
from crm.records.views.record import back_to
from crm.web.ids import number_of
from crm.web.screens import answer
from leads import contract
from leads.forms import MoveForm
from leads.kind import LEAD
from leads.models import Lead, Status
from leads.verbs import Edit


@permission_required("leads.view_lead", raise_exception=True)
def move(request, pk):
    """Move to another status, after asking for required fields that are empty."""
    posted = request.method == "POST"
    lead = changeable_record(LEAD, request.user, pk, lock=posted)
    status = status_named(request, lead)
    asked = posted and "filled" in request.POST
    form = MoveForm(request.POST if asked else None, **told(request, lead, status))
    crossed = crossings(LEAD, lead, seen(request, lead), {"status": status}) if posted else []
    if posted and not crossed and (form.is_valid() if asked else not form.fields):
        changes = form.changes() if asked else {"status": status, "lost_reason": None, "lost_remark": ""}
        rows = Lead.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(Edit(changes), rows, by=request.user)
        say(request, LEAD, outcome, _("Moved to %(status)s.") % {"status": status.label})
        return back_to_board(request, LEAD, pk) or back_to(LEAD, request.user, lead)
    return draw(request, lead, status, form, crossed, status_code=422 if asked else 200)


@permission_required("leads.view_lead", raise_exception=True)
@require_POST
def fill_in(request, pk):
    """Fill in some of the fields that a status requires. The lead stays in its own."""
    lead = changeable_record(LEAD, request.user, pk, lock=True)
    status = status_named(request, lead)
    names = [name for name in contract.required(status) if request.POST.get(name)]
    form = MoveForm(request.POST, only=names, **told(request, lead, status))
    if not form.is_valid():
        return draw(request, lead, status, form, [], status_code=422)
    if crossed := crossings(LEAD, lead, seen(request, lead), form.filled()):
        return draw(request, lead, status, form, crossed)
    if names:
        rows = Lead.objects.present().changeable_by(request.user).filter(pk=pk)
        say(request, LEAD, carry_out(Edit(form.filled()), rows, by=request.user), _("Saved."))
    return back_to_board(request, LEAD, pk) or redirect(lead)


def status_named(request, lead: Lead) -> Status:
    """The status in use that the request names, in the lead's pipeline."""
    pk = number_of(request.POST.get("status") or request.GET.get("status") or "")
    status = Status.objects.active().of_pipeline(lead.status.pipeline_id).filter(pk=pk).first()
    if status is None:
        raise Http404
    return status


def told(request, lead: Lead, status: Status) -> dict:
    values = {field.name: getattr(lead, field.attname) for field in Lead._meta.local_concrete_fields}
    return {"lead": lead, "status": status, "user": request.user, "initial": values}


def seen(request, lead: Lead) -> int:
    """The version from which the form was drawn."""
    return sent_version(request, lead) or lead.version


def draw(request, lead: Lead, status: Status, form: MoveForm, crossed: list, *, status_code: int = 200):
    context = {"kind": LEAD, "record": lead, "status": status, "form": form, "crossings": crossed}
    # The query of the board that it was opened from, if it was.
    context["board"] = request.POST.get("board", request.GET.get("board"))
    fragments = {"dialog": "leads/_move.html"}
    return answer(
        request, "leads/move.html", context, fragments=fragments, status=409 if crossed else status_code
    )
