"""The buttons of the lead's page: move, take, into the bin, out of it, remove for good."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.change import Outcome, Verb, carry_out
from leads import verbs
from leads.conflicts import crossings
from leads.forms import MoveForm
from leads.models import Lead, Status
from leads.verbs.reasons import sentence
from leads.views.edit import sent_version
from leads.views.lead import back_to, changeable_lead, visible_lead

viewing = permission_required("leads.view_lead", raise_exception=True)


@viewing
def move(request, pk):
    """Into another status; what its contract finds empty is asked for first."""
    lead = changeable_lead(request.user, pk, lock=request.method == "POST")
    text = request.POST.get("status") or request.GET.get("status") or ""
    status = Status.objects.active().of_pipeline(lead.status.pipeline_id).filter(pk=number(text)).first()
    if status is None:
        raise Http404
    asked = request.method == "POST" and "filled" in request.POST
    form = MoveForm(request.POST if asked else None, lead=lead, status=status, initial=values_of(lead))
    crossed = (
        crossings(lead, sent_version(request, lead), {"status": status}) if request.method == "POST" else []
    )
    if request.method == "POST" and not crossed and (form.is_valid() if asked else not form.fields):
        changes = form.changes() if asked else {"status": status, "lost_reason": None, "lost_remark": ""}
        outcome = carry_out(verbs.Edit(changes), present(request.user, pk), by=request.user)
        say(request, outcome, _("Moved to %(status)s.") % {"status": status.label})
        return back_to(request.user, lead)
    context = {"lead": lead, "status": status, "form": form, "crossings": crossed}
    return render(request, "leads/move.html", context, status=409 if crossed else 422 if asked else 200)


@viewing
@require_POST
def take(request, pk):
    lead = visible_lead(request.user, pk)
    outcome = carry_out(
        verbs.Take(request.user),
        Lead.objects.present().takeable_by(request.user).filter(pk=pk),
        by=request.user,
    )
    if not outcome.changed:
        messages.error(request, _("Somebody was faster: the lead has an owner."))
        return redirect("leads:list")
    say(request, outcome, _("%(lead)s is yours.") % {"lead": lead})
    return redirect(lead)


@viewing
@require_POST
def bin(request, pk):
    carried_out_alone(request, pk, verbs.Bin(), Lead.objects.present(), _("%(lead)s is in the bin."))
    return redirect("leads:list")


@viewing
@require_POST
def restore(request, pk):
    lead = carried_out_alone(request, pk, verbs.Restore(), Lead.objects.in_bin(), _("%(lead)s is back."))
    return redirect(lead)


@viewing
@require_POST
def purge(request, pk):
    text = _("%(lead)s is removed for good.")
    carried_out_alone(request, pk, verbs.Purge(), Lead.objects.in_bin(), text)
    return redirect("leads:bin")


def carried_out_alone(request, pk: int, verb: Verb, rows, text: str) -> Lead:
    """The verb on this one of the rows, with its message; the lead as it was before."""
    lead = visible_lead(request.user, pk)
    outcome = carry_out(verb, own(request.user, rows, pk), by=request.user)
    say(request, outcome, text % {"lead": lead})
    return lead


def number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def values_of(lead: Lead) -> dict:
    return {field.name: getattr(lead, field.attname) for field in Lead._meta.local_concrete_fields}


def present(user, pk: int):
    return Lead.objects.present().changeable_by(user).filter(pk=pk)


def own(user, rows, pk: int):
    """These rows as far as the user may change them; a lead that they only see is a 403."""
    if rows.filter(pk=pk).exists() and not rows.changeable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return rows.changeable_by(user).filter(pk=pk)


def say(request, outcome: Outcome, text: str) -> None:
    for code in outcome.refused:
        messages.error(request, sentence(code))
    if outcome.operation:
        messages.success(request, text, extra_tags=f"undo-{outcome.operation.pk}")
