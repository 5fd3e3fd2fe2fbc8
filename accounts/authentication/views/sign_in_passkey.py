"""Sign in with a passkey: alone, or as the second step after the password; and confirm with one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.authentication.pending_sign_in import finish_sign_in, get_pending_target, get_pending_user
from accounts.authentication.views.sign_in import get_target_url
from accounts.second_factor.passkeys import (
    ALONE,
    CONFIRM,
    NO_NAME,
    SECOND,
    NotAccepted,
    build_sign_in_options,
    can_use_passkeys,
    verify_passkey,
)
from crm.platform.web.password_confirmation import confirm_password_with_new_session_key
from crm.platform.web.security_log import write_security_line


@login_not_required
@never_cache
@require_POST
def sign_in_passkey_options(request):
    if not can_use_passkeys():
        return JsonResponse({}, status=NO_NAME)
    user = get_pending_user(request)
    return JsonResponse(build_sign_in_options(request, SECOND if user else ALONE, user))


@login_not_required
@never_cache
@require_POST
def sign_in_passkey(request):
    if request.user.is_authenticated:
        return redirect(get_target_url(request))
    half = get_pending_user(request)
    target = get_pending_target(request) if half else get_target_url(request)
    try:
        user = verify_passkey(request, SECOND if half else ALONE, request.POST.get("credential", ""), half)
    except NotAccepted as problem:
        write_security_line("passkey_rejected", by=half, why=str(problem)[:200])
        messages.error(request, _("The passkey wasn’t accepted. Try again, or continue another way."))
        return redirect("sign_in_code" if half else "login")
    return finish_sign_in(request, user, target)


@require_POST
def confirm_passkey_options(request):
    if not can_use_passkeys():
        return JsonResponse({}, status=NO_NAME)
    return JsonResponse(build_sign_in_options(request, CONFIRM, request.user))


@require_POST
def confirm_passkey(request):
    try:
        verify_passkey(request, CONFIRM, request.POST.get("credential", ""), request.user)
    except NotAccepted as problem:
        write_security_line("passkey_rejected", why=str(problem)[:200])
        messages.error(request, _("The passkey wasn’t accepted. Try again, or continue another way."))
        return redirect("confirm")
    confirm_password_with_new_session_key(request.session)
    return redirect(get_target_url(request))
