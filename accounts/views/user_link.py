"""Sending a user a link for a password; whoever sends it sees it too, for the case that mail does not arrive."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.links import send_link
from accounts.rights import changeable_user

LINK_SHOWN = "link_shown"
SHOWN_FOR = timedelta(hours=1)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def user_link(request, pk):
    person = changeable_user(request.user, pk)
    if not person.is_active:
        raise PermissionDenied
    send(request, person)
    messages.success(
        request, _("A link to set a password is on its way to %(email)s.") % {"email": person.email}
    )
    return redirect("user", pk)


def send(request, person) -> None:
    """Send it, and note in the session that its page may show the link for an hour."""
    send_link(person, by=request.user)
    request.session[LINK_SHOWN] = (person.pk, timezone.now().timestamp())
