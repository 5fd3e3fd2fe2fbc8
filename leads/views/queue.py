"""The daily queue: one lead at a time, its outcome, and the next one."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from crm.models import Operation
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.screens.views.kind_access import get_visible_record
from leads.forms import MoveForm
from leads.kind import LEAD
from leads.models import Lead, QueueRules, QueueStep
from leads.queue.forms import OutcomeForm, SkipForm, get_named_colleagues, get_viewable_colleagues
from leads.queue.lead_claims import claim_next_lead, hold_lead, holds_of_others_queryset
from leads.queue.lead_state import find_obstacle
from leads.queue.outcome_recording import (
    OutcomeDetails,
    OutcomeRefused,
    record_outcome,
    record_skip,
    restore_skipped_leads,
)
from leads.queue.outcomes import QueueOutcome, get_outcome
from leads.queue.queue_page import QueuePage
from leads.queue.status_entry import build_status_form, get_status_changes
from leads.queue.waiting_leads import get_local_today, get_waiting_leads

sees = permission_required("leads.view_lead", raise_exception=True)
works = permission_required(["leads.view_lead", "leads.change_lead"], raise_exception=True)


@sees
@require_safe
def queue(request):
    """`of` is the colleague whose queue is shown, `lead` one that was chosen from the next ones."""
    person = get_queue_person(request.user, request.GET.get("of", ""))
    return render_queue_page(
        request, QueuePage(person, request.user, parse_number(request.GET.get("lead", "")))
    )


def get_queue_person(viewer: User, asked: str) -> Any:
    """The user whose queue is shown; a colleague whose leads the viewer doesn't see is not found."""
    if not asked or asked == str(viewer.pk):
        return viewer
    number = parse_number(asked)
    if number is None or not get_viewable_colleagues(viewer).filter(pk=number).exists():
        raise Http404
    return User.objects.with_rights().get(pk=number)


def render_queue_page(request, page: QueuePage, status: int = 200):
    context = {
        "kind": LEAD,
        "page": page,
        "skip": SkipForm(),
        "colleagues": get_named_colleagues(request.user),
    }
    context["shown_on"] = "queue"
    return render_response(request, "leads/queue.html", context, status=status)


def with_locked_lead(view):
    """A form for one lead. If the lead is no longer as it was shown, nothing is saved, and the page says why."""

    @works
    @require_POST
    @wraps(view)
    def wrapped_view(request, pk):
        Lead.objects.visible_to(request.user).lock_one(pk)
        lead = get_visible_record(LEAD, request.user, pk)
        if obstacle := find_obstacle(request.user, lead, request.POST.get("seen", "")):
            page = QueuePage(request.user, request.user, pk, notice=obstacle.sentence)
            return render_queue_page(request, page, status=409)
        return view(request, lead)

    return wrapped_view


@with_locked_lead
def save_outcome(request, lead):
    page = QueuePage(request.user, request.user, lead.pk, form=OutcomeForm(request.POST, user=request.user))
    chosen = get_outcome(lead, request.POST.get("outcome", ""))
    if chosen is None or not page.form.is_valid():
        page.notice = _("Choose an outcome.") if chosen is None else ""
        return render_queue_page(request, page, status=422)
    asked = build_asked_form(request, lead, chosen)
    page.outcome, page.asked = chosen, asked if asked and asked.fields else None
    if page.asked and not page.asked.is_valid():
        return render_queue_page(request, page, status=422 if page.asked.is_bound else 200)
    changes = get_status_changes(asked, chosen) if asked else None
    try:
        record_outcome(request.user, lead, chosen, OutcomeDetails(**page.form.cleaned_data, changes=changes))
    except OutcomeRefused as refused:
        page.notice = " ".join(get_reason_sentence(code, LEAD) for code in refused.codes)
        return render_queue_page(request, page, status=409)
    return redirect_to_next_lead(request)


def build_asked_form(request, lead: Lead, chosen: QueueOutcome) -> MoveForm | None:
    """What the status of the outcome requires; bound if it was asked for and sent."""
    sent = request.POST if request.POST.get("filled") == chosen.code else None
    form = build_status_form(request.user, lead, chosen, sent)
    for field in list(form.fields.values() if form else ())[:1]:
        field.widget.attrs["autofocus"] = sent is None
    return form


def redirect_to_next_lead(request):
    """To the next lead. After the user's own leads, they are given an unassigned one."""
    rules = QueueRules.get_current()
    if not get_waiting_leads(request.user, rules):
        claim_next_lead(request.user, rules)
    return redirect("leads:queue")


@with_locked_lead
def skip(request, lead):
    form = SkipForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    record_skip(request.user, lead, form.cleaned_data["reason"])
    return redirect_to_next_lead(request)


@works
@require_POST
def claim(request):
    """Be given the next unassigned lead."""
    if claim_next_lead(request.user, QueueRules.get_current()) is None:
        messages.info(request, _("No unassigned leads are waiting in your departments."))
    return redirect("leads:queue")


@works
@require_POST
def undo_last(request):
    """Undo the last outcome or skip of the day. The form names its operation, so a second click undoes nothing else."""
    steps = QueueStep.objects.of_user(request.user).on_day(get_local_today(request.user)).newest_first()
    step = steps.first()
    if step is None or str(step.operation) != request.POST.get("operation"):
        messages.info(request, _("This outcome has already been undone."))
        return redirect("leads:queue")
    try:
        revert_operation(Operation.objects.get(pk=step.operation), by=request.user)
    except UndoRefused as refused:
        messages.error(request, str(refused))
        return redirect("leads:queue")
    unassigned = Lead.objects.present().takeable_by(request.user).filter(pk=step.lead).exists()
    if unassigned and not holds_of_others_queryset(request.user, step.lead).exists():
        hold_lead(request.user, step.lead, QueueRules.get_current())
    return redirect(f"{reverse('leads:queue')}?lead={step.lead}")


@works
@require_POST
def restore_skipped(request):
    """Bring the leads that were skipped today back into the queue."""
    record = restore_skipped_leads(request.user)
    if record is None:
        messages.info(request, _("Nothing was changed."))
    return redirect("leads:queue")
