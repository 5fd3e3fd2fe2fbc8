"""Moving a lead to another status, after asking for required fields that are empty."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.records.change import carry_out
from crm.records.conflicts import crossings
from crm.records.views.change import say
from crm.records.views.edit import sent_version
from crm.records.views.of_kind import changeable_record
from crm.records.views.record import back_to
from crm.web.ids import number_of
from leads.forms import MoveForm
from leads.kind import LEAD
from leads.models import Lead, Status
from leads.verbs import Edit


@permission_required("leads.view_lead", raise_exception=True)
def move(request, pk):
    """Move to another status, after asking for required fields that are empty."""
    posted = request.method == "POST"
    lead = changeable_record(LEAD, request.user, pk, lock=posted)
    text = request.POST.get("status") or request.GET.get("status") or ""
    status = Status.objects.active().of_pipeline(lead.status.pipeline_id).filter(pk=number_of(text)).first()
    if status is None:
        raise Http404
    asked = posted and "filled" in request.POST
    told = {"lead": lead, "status": status, "user": request.user, "initial": values_of(lead)}
    form = MoveForm(request.POST if asked else None, **told)
    seen = (posted and sent_version(request, lead)) or lead.version
    crossed = crossings(LEAD, lead, seen, {"status": status}) if posted else []
    if posted and not crossed and (form.is_valid() if asked else not form.fields):
        changes = form.changes() if asked else {"status": status, "lost_reason": None, "lost_remark": ""}
        rows = Lead.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(Edit(changes), rows, by=request.user)
        say(request, LEAD, outcome, _("Moved to %(status)s.") % {"status": status.label})
        return back_to(LEAD, request.user, lead)
    context = {"kind": LEAD, "record": lead, "status": status, "form": form, "crossings": crossed}
    return render(request, "leads/move.html", context, status=409 if crossed else 422 if asked else 200)


def values_of(lead: Lead) -> dict:
    return {field.name: getattr(lead, field.attname) for field in Lead._meta.local_concrete_fields}
