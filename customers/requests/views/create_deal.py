"""Make a deal of a request. If a lead comes first and needs more than was typed, its form asks for that."""

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
from customers.requests.deal_creation import MakeDeal, needs_lead
from customers.requests.lead_creation import build_lead_form
from leads.kind import LEAD


@kind_view("change")
@permission_required("customers.add_deal", raise_exception=True)
@require_POST
def make_deal(request, kind: Kind, pk):
    row = get_changeable_record(kind, request.user, pk, lock=True)
    values = None
    if needs_lead(row, request.user):
        form = build_lead_form(row, request.user, request.POST if "status" in request.POST else None)
        if not form.is_valid():
            return render_form_page(request, LEAD, form)
        values = form.get_values()
    rows = Request.objects.present().changeable_by(request.user).filter(pk=pk)
    outcome = carry_out(MakeDeal(row, values), rows, by=request.user)
    show_outcome_message(request, kind, outcome, _("Deal created."))
    return redirect_to_record_or_list(request, kind, row)
