"""What comes after a meeting: its notes, and the next step."""

from contextlib import suppress

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, show_change_message
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.way_back import build_place_context, get_record_url
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.activities.next_step import NextStepForm
from crm.work.activities.requirements import get_no_show_error
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from crm.work.activities.views.activity import check_may_change, get_activity, get_return_place


@kind_view("change")
@require_http_methods(["GET", "HEAD", "POST"])
def next_step(request, kind: Kind, pk, activity):
    """With `calendar` or `queue`, it leads back to that page."""
    record, row = (
        get_changeable_record(kind, request.user, pk),
        get_activity(kind, request.user, pk, activity),
    )
    check_may_change(request, row)
    if get_no_show_error(row):
        return redirect(kind.get_url("activity", row.record, row.pk))
    form = NextStepForm(get_posted_data(request), viewer=request.user, meeting=row, record=record)
    place = get_return_place(request.POST or request.GET)
    back = build_return_url(request, place, kind, record)
    if not form.is_valid():
        context = {"kind": kind, "record": record, "activity": row, "new_task": form, "back": back}
        context |= build_place_context(request, kind, record)
        context["place"], status = place, 422 if form.is_bound else 200
        return render_response(request, "activities/next_step.html", context, status=status)
    if form.cleaned_data["said"]:
        verb = EditActivity(row.type, {"text": form.text_with_notes}, tell=False)
        show_change_message(request, carry_out_on_activity(verb, row, by=request.user), _("Saved the notes."))
    if form.has_next_step:
        add_next_step(request, kind, record, form)
    return redirect(back)


def build_return_url(request, place: str, kind: Kind, record) -> str:
    if place == "calendar":
        return reverse("task_calendar")
    if place == "queue":
        # Only some record types have a queue.
        with suppress(NoReverseMatch):
            return f"{kind.get_url('queue')}?lead={record.pk}"
    return get_record_url(request, kind, record.pk)


def add_next_step(request, kind: Kind, record, form: NextStepForm) -> None:
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=record.pk)
    outcome = carry_out(form.build_entry_verb(), rows, by=request.user)
    for code in outcome.refused:
        messages.error(request, get_reason_sentence(code))
    if outcome.operation:
        words = _("Planned the meeting.") if form.is_meeting else _("Added the task.")
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
