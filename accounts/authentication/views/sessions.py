"""Ending sessions: one of your own, one of another user, or all of another user."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.authentication.sessions import end_user_sessions
from accounts.models import Session, User
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@require_POST
@require_confirmation
def session_end(request, pk):
    end_session(get_object_or_404(Session.objects.of_user(request.user), pk=pk), request.user)
    messages.success(request, _("You’re signed out there."))
    return redirect("profile")


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
@require_confirmation
def user_session_end(request, pk, session):
    person = get_changeable_user(request.user, pk)
    end_session(get_object_or_404(Session.objects.of_user(person), pk=session), person)
    messages.success(request, _("%(name)s is signed out there.") % {"name": person.name})
    return redirect("user", pk)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
@require_confirmation
def user_sign_out(request, pk):
    person = get_changeable_user(request.user, pk)
    end_user_sessions(person)
    write_security_line("sessions_ended", of=person.pk, of_email=person.email)
    messages.success(request, _("%(name)s is signed out on all devices.") % {"name": person.name})
    return redirect("user", pk)


def end_session(session: Session, of: User) -> None:
    session.delete()
    write_security_line("session_ended", of=of.pk, of_email=of.email, device=session.browser)
