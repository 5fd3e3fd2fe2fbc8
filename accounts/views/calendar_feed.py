"""The tasks and planned meetings of a user for calendar programs: its page in the profile, and the file at the secret address."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import CalendarFeed, User
from accounts.models.calendar_feed import renew_feed_secret
from crm.platform.configuration.company import get_company_language, get_company_name
from crm.platform.web.after_response import run_after_response
from crm.platform.web.security_log import write_security_line
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.calendar_feed import CalendarEntry, build_calendar

MOST = 1_000
# Overdue tasks of the last weeks, and those of the next year.
BACK, AHEAD = timedelta(days=60), timedelta(days=366)


def calendar_feed(request):
    """A POST makes a new address and shows it, this once."""
    address = ""
    if request.method == "POST":
        address = settings.SITE_URL + reverse("calendar_file", args=[renew_feed_secret(request.user)])
        write_security_line("calendar_address_created")
    feed = CalendarFeed.objects.of_user(request.user).first()
    return render(request, "accounts/calendar_feed.html", {"feed": feed, "address": address})


@require_POST
def end_calendar_feed(request):
    CalendarFeed.objects.of_user(request.user).delete()
    write_security_line("calendar_address_revoked")
    messages.success(request, _("The address no longer works."))
    return redirect("calendar_feed")


@login_not_required
@require_safe
def calendar_file(request, secret: str):
    feed = CalendarFeed.objects.with_secret(secret).first()
    if feed is None:
        # Renewed, turned off or never there: a program needn't ask again.
        return HttpResponse(
            _("This address no longer works."), status=410, content_type="text/plain; charset=utf-8"
        )
    user = User.objects.with_rights().get(pk=feed.user_id)
    with translation.override(user.language or get_company_language()):
        text = build_calendar(
            get_calendar_entries(user),
            name=_("%(company)s tasks") % {"company": get_company_name()},
            now=timezone.now(),
        )
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'inline; filename="tasks.ics"'}
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
    run_after_response(response, feed.note_read)
    return response


def get_calendar_entries(user: User) -> list[CalendarEntry]:
    """The open tasks with a day that are for this user, earliest first, and the meetings that they have planned."""
    today = timezone.localdate(timezone=user.zone)
    tasks = Task.objects.listed_for(user).open().for_user(user).due_between(today - BACK, today + AHEAD)
    meetings = Activity.objects.listed_for(user).planned().by_user(user).newest_first()
    rows: list[Task | Activity] = [*tasks.with_people().in_order()[:MOST], *meetings[:MOST]]
    names: dict[tuple[str, int], str] = {}
    for of in {row.of for row in rows}:
        seen = KINDS[of].model.objects.visible_to(user).in_bulk([row.record for row in rows if row.of == of])
        names |= {(of, pk): str(record) for pk, record in seen.items()}
    return [
        CalendarEntry(row, names.get((row.of, row.record), ""), settings.SITE_URL + get_entry_url(row))
        for row in rows
    ]


def get_entry_url(row: Task | Activity) -> str:
    return KINDS[row.of].get_url("task" if isinstance(row, Task) else "activity", row.record, row.pk)
