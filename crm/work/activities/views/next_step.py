"""What comes after a meeting: its notes, and the next step."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, show_change_message
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.activities.next_step import NextStepForm
from crm.work.activities.requirements import get_no_show_error
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from crm.work.activities.views.activity import check_may_change, get_activity


@kind_view("change")
@require_http_methods(["GET", "HEAD", "POST"])
def next_step(request, kind: Kind, pk, activity):
    """With `calendar`, it leads back to the calendar."""
    record, row = (
        get_changeable_record(kind, request.user, pk),
        get_activity(kind, request.user, pk, activity),
    )
    check_may_change(request, row)
    if get_no_show_error(row):
        return redirect(kind.get_url("activity", row.record, row.pk))
    form = NextStepForm(get_posted_data(request), viewer=request.user, meeting=row)
    from_calendar = "calendar" in (request.POST or request.GET)
    back = reverse("task_calendar") if from_calendar else record.get_absolute_url()
    if not form.is_valid():
        context = {"kind": kind, "record": record, "activity": row, "new_task": form, "back": back}
        context["from_calendar"], status = from_calendar, 422 if form.is_bound else 200
        return render_response(request, "activities/next_step.html", context, status=status)
    if form.cleaned_data["said"]:
        verb = EditActivity(row.type, {"text": form.text_with_notes}, tell=False)
        show_change_message(request, carry_out_on_activity(verb, row, by=request.user), _("Saved the notes."))
    if form.has_next_step:
        add_next_step(request, kind, record, form)
    return redirect(back)


def add_next_step(request, kind: Kind, record, form: NextStepForm) -> None:
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=record.pk)
    outcome = carry_out(form.build_entry_verb(), rows, by=request.user)
    for code in outcome.refused:
        messages.error(request, get_reason_sentence(code))
    if outcome.operation:
        words = _("Planned the meeting.") if form.is_meeting else _("Added the task.")
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
