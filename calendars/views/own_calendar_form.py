"""Connecting one's own calendar: signing in at its server, then choosing one of the calendars there."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from calendars.calendar_problems import CalendarProblem, get_problem_sentence
from calendars.connections.calendar_server import PATIENCE
from calendars.connections.oauth_permission import get_offered_providers
from calendars.connections.server_choice import open_calendar_server
from calendars.forms import CalendarForm, ChoiceForm
from calendars.models import ConnectedCalendar
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@transaction.non_atomic_requests
@sensitive_post_parameters("password")
@require_confirmation
def own_calendar_edit(request):
    """No transaction is open while the server is asked."""
    calendar = ConnectedCalendar.objects.of_user(request.user).first()
    shown = calendar or ConnectedCalendar(owner=request.user, username=request.user.email)
    form = CalendarForm(request.POST if request.method == "POST" else None, instance=shown)
    if not form.is_bound or not form.is_valid():
        context = {
            "form": form,
            "has_calendar": calendar is not None,
            "providers": get_offered_providers(),
        }
        return render(request, "calendars/own_form.html", context, status=422 if form.is_bound else 200)
    with transaction.atomic():
        saved = form.save_calendar()
        write_security_line(
            "own_calendar_saved", calendar=saved.place, added=calendar is None, after=form.changed_data
        )
    if saved.path:
        messages.success(request, _("Saved. The calendar is synced every five minutes."))
    return redirect("own_calendar" if saved.path else "own_calendar_choose")


@transaction.non_atomic_requests
@require_confirmation
def own_calendar_choose(request):
    calendar = ConnectedCalendar.objects.of_user(request.user).without_choice().first()
    if calendar is None:
        return redirect("own_calendar")
    try:
        account = open_calendar_server(calendar, PATIENCE).find_account()
    except CalendarProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
        return redirect("own_calendar")
    form = ChoiceForm(request.POST if request.method == "POST" else None, account=account)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "calendar": calendar}
        return render(request, "calendars/own_choose.html", context, status=422 if form.is_bound else 200)
    with transaction.atomic():
        form.save_choice(calendar)
    messages.success(request, _("Your calendar is connected. The first sync begins within a minute."))
    return redirect("own_calendar")
