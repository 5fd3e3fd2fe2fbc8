"""A user's notifications: newest first, unread ones marked; opening one marks it read."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.models import Notification
from crm.platform.web.notifications import build_notification_lines
from crm.platform.web.responses import render_response

PAGE = 50


@require_safe
def notifications(request):
    rows = Notification.objects.of_user(request.user).newest_first()
    before = request.GET.get("before", "")
    rows = rows.before(int(before)) if before.isdecimal() and len(before) < 19 else rows
    found = list(rows[: PAGE + 1])
    context = {
        "lines": build_notification_lines(found[:PAGE], request.user),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "first_page": not before,
    }
    return render_response(request, "notifications/list.html", context)


@require_POST
def notification_open(request, pk):
    mine = Notification.objects.of_user(request.user)
    notification = get_object_or_404(mine, pk=pk)
    mine.filter(pk=pk).mark_read()
    return redirect(notification.path or "notifications")


@require_POST
def read_up_to(request, pk):
    """All up to the newest one that the page showed: later ones stay unread."""
    mine = Notification.objects.of_user(request.user)
    get_object_or_404(mine, pk=pk)
    number = mine.up_to(pk).mark_read()
    words = ngettext(
        "%(number)s notification marked as read.", "%(number)s notifications marked as read.", number
    )
    messages.success(request, words % {"number": number})
    return redirect("notifications")
