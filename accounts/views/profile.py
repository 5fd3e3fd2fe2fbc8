"""The profile: your name, how the product looks, your password, your sessions, notifications on your devices."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.authentication.sessions import end_other_sessions, get_user_sessions
from accounts.models import IdentityProvider, PushDevice, Role, User
from accounts.navigation import build_profile_pages
from accounts.push.devices import get_device_of_browser
from accounts.single_sign_on.views.sign_in_provider import build_link_token
from accounts.users.forms import ProfileForm
from crm.platform.push.vapid_signature import is_ours, public_key
from crm.platform.web.middleware.request_language import get_request_language
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


def profile(request):
    # A copy: invalid input must not appear in the page's header.
    me = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=me)
    if form.is_bound and form.is_valid():
        form.save()
        with translation.override(me.language or get_request_language(request)):
            messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "memberships": me.memberships.select_related("department"),
        "roles": Role.objects.held_by(me).by_name(),
        "sessions": get_user_sessions(me, request),
        "sign_on": get_provider_links(request),
        "pages": build_profile_pages(request),
    }
    if settings.PUSH:
        context |= get_devices(request)
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


def get_provider_links(request) -> list[tuple[IdentityProvider, str]]:
    """The providers, each with the key to link an account with, or '' if one is linked."""
    linked = set(IdentityProvider.objects.linked_with(request.user))
    return [
        (provider, "" if provider in linked else build_link_token(request, provider))
        for provider in IdentityProvider.objects.active().by_name()
    ]


def get_devices(request) -> dict:
    """The devices on which the user turned on notifications, and which of them this browser is."""
    this = get_device_of_browser(request)
    lines = [
        {"device": device, "is_here": device == this, "is_stale": not is_ours(device.server_key)}
        for device in PushDevice.objects.of_user(request.user).newest_first()
    ]
    return {"push_key": public_key(), "devices": lines, "is_on": any(line["is_here"] for line in lines)}


@require_POST
@require_confirmation
def sign_out_elsewhere(request):
    end_other_sessions(request)
    write_security_line("signed_out_elsewhere")
    messages.success(request, _("You’re signed out on all other devices."))
    return redirect("profile")
