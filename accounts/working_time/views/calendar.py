"""The working calendar: the hours of each department, the holidays, and who is away."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Absence, Department, Holiday, User
from accounts.working_time.calendar import Calendars, Week
from accounts.working_time.forms import HolidayForm


@permission_required("accounts.view_department", raise_exception=True)
@require_safe
def calendar(request):
    return render_calendar_page(request, HolidayForm(by=request.user))


@permission_required("accounts.change_department", raise_exception=True)
@require_POST
def add_holiday(request):
    form = HolidayForm(request.POST, by=request.user)
    if not form.is_valid():
        return render_calendar_page(request, form, status=422)
    holiday = form.save()
    messages.success(request, _("Added %(name)s.") % {"name": holiday})
    return redirect("calendar")


@permission_required("accounts.change_department", raise_exception=True)
@require_POST
def delete_holiday(request, pk):
    holiday = get_object_or_404(Holiday.objects.changeable_by(request.user), pk=pk)
    holiday.delete()
    messages.success(request, _("Deleted %(name)s.") % {"name": holiday})
    return redirect("calendar")


def render_calendar_page(request, form: HolidayForm, status: int = 200):
    user, today = request.user, timezone.localdate()
    found, departments = Calendars(), Department.objects.active().visible_to(user).by_name()
    holidays = Holiday.objects.visible_to(user).from_day(today)
    away = Absence.objects.of_users(User.objects.active().visible_to(user)).not_over(today)
    context = {
        "form": form,
        "lines": [(row, describe_week(found.get_for_department(row.pk).week)) for row in departments],
        "holidays": holidays.with_departments().in_order(),
        "own": set(Holiday.objects.changeable_by(user).from_day(today).values_list("pk", flat=True)),
        "absences": away.with_people().in_order(),
        "today": today,
    }
    return render(request, "accounts/calendar.html", context, status=status)


def describe_week(week: Week) -> list[tuple[str, str]]:
    """Days in a row with the same hours together: [("Mon – Fri", "09:00 – 17:00")]."""
    lines = []
    for hours, group in groupby(range(7), key=lambda weekday: week.get(weekday)):
        days = list(group)
        if hours:
            ends = dict.fromkeys([str(WEEKDAYS_ABBR[days[0]]), str(WEEKDAYS_ABBR[days[-1]])])
            lines.append((" – ".join(ends), " – ".join(time_format(clock, "H:i") for clock in hours)))
    return lines
