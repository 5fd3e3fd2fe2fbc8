"""Connecting one's own calendar at a provider: to the provider for its permission, and back with the answer."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calendars.calendar_problems import CalendarProblem, get_problem_sentence
from calendars.connections.oauth_permission import build_calendar_problem
from calendars.connections.provider_account import fetch_account, save_account
from calendars.models import ConnectedCalendar
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from mailboxes.connections.oauth_attempt import NOT_BEGUN, begin_attempt, end_attempt, find_attempt
from mailboxes.mailbox_problems import MailboxProblem

BACK = "own_calendar_back"


@require_safe
@require_confirmation
def own_calendar_connect(request, provider):
    """A link, because a form may only be sent to our own pages."""
    if provider not in ConnectedCalendar.oauth_scopes:
        raise Http404
    known = ConnectedCalendar.objects.of_user(request.user).at_provider(provider).first()
    account = known or ConnectedCalendar(provider=provider, username=request.user.email)
    try:
        return redirect(begin_attempt(request, account, BACK, provider))
    except MailboxProblem as problem:
        messages.error(request, get_problem_sentence(str(build_calendar_problem(problem))))
        return redirect("own_calendar")


@transaction.non_atomic_requests
@require_safe
def own_calendar_back(request):
    """No transaction is open while the provider is asked."""
    attempt = find_attempt(request)
    if attempt is None or attempt.back != BACK:
        messages.error(request, NOT_BEGUN)
        return redirect("own_calendar")
    end_attempt(request)
    try:
        account = fetch_account(request.user, attempt)
    except CalendarProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
        return redirect("own_calendar")
    with transaction.atomic():
        saved, is_new = save_account(account)
        write_security_line("own_calendar_saved", calendar=saved.place, added=is_new, after=["provider"])
    if saved.path:
        messages.success(request, _("Saved. The calendar is synced every five minutes."))
    return redirect("own_calendar" if saved.path else "own_calendar_choose")
