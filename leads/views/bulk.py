"""Changing many leads at once: freeze the set, preview exactly what will happen, do it as one operation."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm import jobs
from crm.bulk import ROWS_AT_ONCE, Action, freeze, freeze_all
from crm.change import carry_out, judge
from crm.models import FrozenSet, Job, Operation
from leads.bulk import action_named, out_of_sight, ticked
from leads.listing import Listing, drawn
from leads.verbs.reasons import sentence

viewing = permission_required("leads.view_lead", raise_exception=True)
EXAMPLES = 6


@viewing
@require_POST
def bulk(request):
    """The buttons of the bulk bar: keep exactly the ticked leads, or all that match now, and go to the preview."""
    action = request.POST.get("action", "")
    check_allowed(request.user, action)
    listing = Listing(request.GET, request.user, in_bin="bin" in request.GET)
    everything = request.POST.get("all") == "1"
    if everything:
        frozen = freeze_all(request.user, listing.visible, listing.query or "all=1")
    else:
        frozen = freeze(request.user, ticked(request.POST.getlist("lead"), request.user), "")
    if not frozen.count:
        frozen.delete()
        messages.warning(request, _("No lead was selected."))
        return redirect(
            f"{resolve_url('leads:bin' if listing.in_bin else 'leads:list')}?{listing.query or 'all=1'}"
        )
    if action == "export":
        return redirect(f"{resolve_url('exports:new')}?set={frozen.pk}")
    # Ticked rows have no filter of their own, but a list to which one goes back.
    back = f"?{urlencode({'from': listing.query})}" if listing.query and not everything else ""
    return redirect(f"{resolve_url('leads:preview', frozen.pk, action)}{back}")


@viewing
def preview(request, pk, name):
    """GET asks and shows what would happen; POST does it. A second press finds the operation of the first."""
    action, frozen = allowed_action(request.user, name), own_set(request, pk)
    if frozen.operation_id:
        return redirect("operation", frozen.operation_id)
    data = request.POST if request.method == "POST" else request.GET
    asked = set(data) - {"from"} or not action.form.base_fields
    form = action.form(data if asked else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return apply(request, action, frozen, form)
    outcome = warning = None
    if form.is_valid():
        verb = action.verb(form.cleaned_data, request.user)
        outcome = judge(verb, action.rows(request.user), by=request.user, wanted=frozen.ids)
        warning = out_of_sight(verb, outcome.changed, request.user)
    context = preview_context(request.user, action, frozen, form, outcome)
    context |= {"no_longer_seen": warning, "back": request.GET.get("from") or frozen.query or "all=1"}
    return render(request, "leads/bulk.html", context, status=422 if request.method == "POST" else 200)


def apply(request, action: Action, frozen: FrozenSet, form):
    note = request.POST.get("note", "").strip()[:500]
    if running := Job.objects.unfinished().of("bulk", request.user, set=frozen.pk).first():
        return redirect("job", running.pk)
    if frozen.count > ROWS_AT_ONCE:
        arguments = {
            "set": frozen.pk,
            "action": action.name,
            "form": dict(request.POST.lists()),
            "note": note,
        }
        return redirect("job", jobs.start("bulk", request.user, arguments, total=frozen.count).pk)
    verb = action.verb(form.cleaned_data, request.user)
    outcome = carry_out(
        verb,
        action.rows(request.user),
        by=request.user,
        wanted=frozen.ids,
        channel=Operation.Channel.BULK,
        note=note,
    )
    FrozenSet.objects.filter(pk=frozen.pk).update(operation=outcome.operation)
    return redirect("operation", outcome.operation.pk)


def check_allowed(user, name: str) -> None:
    """Before anything is kept. Downloading is no action on leads, but has its right."""
    if name != "export":
        allowed_action(user, name)
    elif not user.has_perm("leads.export_lead"):
        raise PermissionDenied


def allowed_action(user, name: str) -> Action:
    action = action_named(name)
    if action is None:
        raise Http404
    if not action.allowed(user):
        raise PermissionDenied
    return action


def own_set(request, pk: int) -> FrozenSet:
    """The user's frozen set; locked while it is used, so that two presses of the button make one operation."""
    sets = FrozenSet.objects.of(request.user)
    frozen = (sets.select_for_update() if request.method == "POST" else sets).filter(pk=pk).first()
    if frozen is None:
        raise Http404
    return frozen


def preview_context(user, action: Action, frozen: FrozenSet, form, outcome) -> dict:
    context = {
        "action": action,
        "set": frozen,
        "form": form,
        "outcome": outcome,
        "undo_days": settings.UNDO_DAYS,
    }
    if frozen.query:
        context["listing"] = Listing(QueryDict(frozen.query), user, in_bin=action.in_bin)
    if outcome:
        verb = action.verb(form.cleaned_data, user)
        context["words"] = verb.words(verb.parameters())
        context["examples"] = drawn(outcome.changed[:EXAMPLES])
        context["more"] = max(0, len(outcome.changed) - EXAMPLES)
        context["refusals"] = [
            (sentence(code), len(ids), ", ".join(str(lead) for lead in drawn(visible_examples(ids, user))))
            for code, ids in outcome.refused.items()
        ]
    return context


def visible_examples(ids: list[int], user) -> list[int]:
    return ticked([str(pk) for pk in ids[:20]], user)[:2]
