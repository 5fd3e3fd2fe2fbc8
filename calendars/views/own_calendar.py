"""The user's own calendar: its state, syncing it now, and disconnecting it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from calendars.calendar_problems import get_problem_sentence
from calendars.forms import DELETE, DisconnectForm
from calendars.models import ConnectedCalendar, EventTime
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@require_safe
def own_calendar(request):
    shown = ConnectedCalendar.objects.of_user(request.user).first()
    linked = EventTime.objects.of_calendar(shown).linked() if shown else EventTime.objects.none()
    context = {
        "calendar": shown,
        "needs_choice": shown is not None and shown.needs_choice,
        "must_connect_again": shown is not None and shown.must_connect_again,
        "problem": get_problem_sentence(shown.problem) if shown else "",
        "written": linked.written().count(),
        "brought": linked.brought().count(),
    }
    return render(request, "calendars/own.html", context)


@require_POST
def own_calendar_sync(request):
    synced = ConnectedCalendar.objects.of_user(request.user).active().first()
    if synced:
        synced.next_check_at = timezone.now()
        synced.save(update_fields=["next_check_at"])
        messages.success(request, _("Your calendar is synced within a minute."))
    return redirect("own_calendar")


@require_confirmation
def own_calendar_remove(request):
    removed = ConnectedCalendar.objects.of_user(request.user).first()
    if removed is None:
        # It was disconnected in another tab.
        return redirect("own_calendar")
    form = DisconnectForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "calendar": removed}
        return render(request, "calendars/own_remove.html", context, status=422 if form.is_bound else 200)
    write_security_line("own_calendar_removed", calendar=removed.place)
    if form.cleaned_data["written"] == DELETE and removed.path:
        removed.leaving, removed.next_check_at = True, timezone.now()
        removed.save(update_fields=["leaving", "next_check_at"])
        messages.success(
            request, _("The calendar is disconnected once what Leadwell wrote is deleted there.")
        )
    else:
        removed.delete()
        messages.success(request, _("The calendar has been disconnected. Meetings that came from it stay."))
    return redirect("own_calendar")
