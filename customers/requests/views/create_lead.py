"""Create a lead from a request. If a lead needs more than was typed, its form asks for that."""

from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.records.screens.views.record_buttons import show_outcome_message
from crm.work.screens.views.edit import render_form_page
from crm.work.screens.views.record import redirect_to_record_or_list
from customers.models import Request
from customers.requests.lead_creation import build_add_verb, build_lead_form
from customers.requests.verbs import CreateLead
from leads.kind import LEAD


@kind_view("change")
@permission_required("leads.add_lead", raise_exception=True)
@require_POST
def create_lead(request, kind: Kind, pk):
    row = get_changeable_record(kind, request.user, pk, lock=True)
    # The form of the lead was filled in; otherwise, the button on the request's page was used.
    sent = request.POST if "status" in request.POST else None
    form = build_lead_form(row, request.user, sent)
    if not form.is_valid():
        return render_form_page(request, LEAD, form)
    rows = Request.objects.present().changeable_by(request.user).filter(pk=pk)
    outcome = carry_out(
        CreateLead(build_add_verb(row, form.get_values()), request.user), rows, by=request.user
    )
    show_outcome_message(request, kind, outcome, _("Created a lead from this request."))
    return redirect_to_record_or_list(request, kind, row)
