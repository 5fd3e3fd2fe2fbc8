"""Send a user a password link; only the user sees it, because anyone with the link can sign in as them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.authentication.password_links import send_link
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
@require_confirmation
def user_link(request, pk):
    person = get_changeable_user(request.user, pk)
    if not person.is_active:
        raise PermissionDenied
    if not may_sign_in_without_provider(person):
        text = _("%(name)s signs in only with single sign-on, so a password link would have no effect.")
        messages.error(request, text % {"name": person.name})
        return redirect("user", pk)
    send_link(person, by=request.user)
    messages.success(
        request, _("A link to set a password is on its way to %(email)s.") % {"email": person.email}
    )
    show_demo_mail_message(request)
    return redirect("user", pk)


def show_demo_mail_message(request) -> None:
    """The demo doesn't send email."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if settings.DEMO and folder:
        messages.info(
            request, _("In the demo, emails are saved as files in %(folder)s.") % {"folder": folder}
        )
