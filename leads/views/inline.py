"""Changing one value in place: status, owner, VIP or next action, from the list or from the lead's page."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from crm.change import Verb, carry_out
from crm.screens import answer
from leads import fields, verbs
from leads.bulk import action_named, actions_for
from leads.columns import columns_of
from leads.conflicts import crossings
from leads.listing import Listing, drawn
from leads.models import Lead, Status
from leads.tables import LeadTable
from leads.verbs.reasons import sentence
from leads.views.edit import sent_version
from leads.views.lead import back_to, changeable_lead, saved
from leads.views.list import open_view

# The small form of each field is that of the bulk action.
ACTIONS = {"status": "status", "owner": "assign", "next_action": "next-action"}


@permission_required("leads.view_lead", raise_exception=True)
def inline(request, pk, field):
    if field not in fields.INLINE:
        raise Http404
    lead = changeable_lead(request.user, pk, lock=request.method == "POST")
    if field == "vip":
        return starred(request, lead)
    action = action_named(ACTIONS[field])
    if action is None or not request.user.has_perm(action.permission):
        raise PermissionDenied
    form = action.form(request.POST or None, initial=present_values(lead, field), user=request.user)
    statuses = Status.objects.active().of_pipeline(lead.status.pipeline_id).in_order()
    context = {"lead": lead, "field": field, "form": form, "action": action, "statuses": statuses}
    if request.method == "POST" and form.is_valid():
        verb = action.verb(form.cleaned_data, request.user)
        if crossed := crossings(lead, sent_version(request, lead), sent(field, form)):
            return drawn_again(request, context | {"crossings": crossed}, 409)
        return done(request, lead, verb, context)
    return drawn_again(request, context, 422 if form.is_bound else 200)


def drawn_again(request, context: dict, status: int):
    """The small form, into the menu that holds it: also when it was sent to be answered with its row."""
    fragments = dict.fromkeys(["inline", f"row-{context['lead'].pk}"], "leads/_inline.html")
    return answer(request, "leads/inline.html", context, fragments=fragments, status=status)


def starred(request, lead: Lead):
    """The star says what it wants, so that one that a colleague has set meanwhile is not taken away."""
    if request.method != "POST":
        return redirect(lead)
    wanted = request.POST.get("wanted")
    return done(request, lead, verbs.SetVip(wanted == "on" if wanted else not lead.vip))


def sent(field: str, form) -> dict:
    if field == "next_action":
        return {"next_action": form.cleaned_data["text"], "next_action_on": form.cleaned_data["day"]}
    return {field: form.cleaned_data[field]}


def present_values(lead: Lead, field: str) -> dict:
    values: dict[str, dict] = {
        "status": {"status": lead.status_id, "reason": lead.lost_reason_id, "remark": lead.lost_remark},
        "owner": {"owner": str(lead.owner_id or "none")},
        "next_action": {"text": lead.next_action, "day": lead.next_action_on},
    }
    return values[field]


def done(request, lead: Lead, verb: Verb, context: dict | None = None):
    """Carry the verb out on this lead; answer with its row, its page, or the form with the reason of a refusal."""
    rows = Lead.objects.present().changeable_by(request.user).filter(pk=lead.pk)
    outcome = carry_out(verb, rows, by=request.user)
    if outcome.refused and context:
        for code in outcome.refused:
            context["form"].add_error(None, sentence(code))
        return drawn_again(request, context, 422)
    if request.htmx and (request.htmx.target or "").startswith("row-"):
        return row(request, lead.pk)
    saved(request, lead, outcome)
    return back_to(request.user, lead)


def row(request, pk: int):
    """The lead's row as it is now, with the columns, ticks and links of the list that it stands in, or nothing if the
    user no longer sees it. The list counts anew."""
    listed = QueryDict(urlsplit(request.htmx.current_url_abs_path or "").query)
    columns = columns_of(request.user, open_view(request.user, listed))
    leads = drawn([pk], columns, viewer=request.user, seen_by=request.user)
    if not leads:
        return HttpResponse("", headers={"HX-Trigger": "leads-changed"})
    table = LeadTable(
        leads,
        columns_shown=columns,
        sort="",
        may_change={lead.pk for lead in leads if lead.may_change},
        query=Listing(listed, request.user).query,
    )
    record, before, cells = table.lines()[0]
    ticks = bool(actions_for(request.user))
    context = {"record": record, "before": before, "cells": cells, "ticks": ticks, "star": True}
    response = render(request, "_row.html", context)
    response["HX-Trigger"] = "leads-changed"
    return response
