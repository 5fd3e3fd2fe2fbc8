"""The conversion page of a lead: what matches, what is new, and the button that does it.

The menu of a status in the list has a button that converts the lead at once, as the bulk action does: by the rules. If these
can't decide, it leads to the page.
"""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import get_previous_path, render_response
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.reasons import add_refusals_to_form
from crm.records.listing.way_back import build_place_context
from crm.records.screens.views.kind_access import get_changeable_record
from crm.records.screens.views.record_buttons import show_outcome_message
from crm.work.screens.views.record import redirect_to_record_or_list
from customers.conversion.conversion_verb import RIGHTS, Convert, lock_conversions
from customers.conversion.forms import ConvertForm
from customers.deals.kind import DEAL
from customers.models import Deal
from leads.kind import LEAD
from leads.models import Lead


@permission_required(("leads.view_lead", "leads.change_lead", *RIGHTS), raise_exception=True)
def convert(request, pk):
    posted = request.method == "POST"
    lead = get_changeable_record(LEAD, request.user, pk, lock=posted)
    if lead.is_read_only or lead.deleted_at:
        # A colleague was faster, or someone has come back to the page: the lead's page says what it became.
        return redirect(lead)
    if posted and "at_once" in request.POST:
        return convert_at_once(request, lead)
    if posted:
        # Conversions that are under way are over before the form looks for matches.
        lock_conversions()
    form = ConvertForm(request.POST if posted else None, lead=lead, user=request.user)
    if posted and form.is_valid():
        rows = Lead.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(Convert({pk: form.plan}), rows, by=request.user)
        if outcome.changed:
            show_outcome_message(request, LEAD, outcome, _("Converted %(lead)s.") % {"lead": lead})
            return redirect_to_deal(request, lead) or redirect_to_record_or_list(request, LEAD, lead)
        add_refusals_to_form(form, outcome.refused, LEAD)
    context = {"kind": LEAD, "record": lead, "form": form} | build_place_context(request, LEAD, lead)
    return render_response(request, "conversion/convert.html", context, status=form.status_code)


def convert_at_once(request, lead: Lead):
    """Back to the list from which the button was pressed, or on to the page where the user decides."""
    rows = Lead.objects.present().changeable_by(request.user).filter(pk=lead.pk)
    outcome = carry_out(Convert(), rows, by=request.user)
    show_outcome_message(request, LEAD, outcome, _("Converted %(lead)s.") % {"lead": lead})
    before = get_previous_path(request)
    if not outcome.changed:
        return redirect("conversion:convert", lead.pk)
    if urlsplit(before).path != LEAD.list_url:
        return redirect_to_deal(request, lead) or redirect_to_record_or_list(request, LEAD, lead)
    return redirect(f"{before}#row-{lead.pk}")


def redirect_to_deal(request, lead: Lead):
    """To the newest open deal of the lead that the user sees, where the work goes on; None if there is none."""
    if not request.user.has_perm(DEAL.get_right("view")):
        return None
    rows = Deal.objects.present().visible_to(request.user).of_leads([lead.pk]).open()
    deal = rows.order_by("-pk").first()
    return redirect(deal) if deal else None
