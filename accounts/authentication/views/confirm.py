"""Confirm that it is you, and go on to what you wanted to do: with the password, a code, a passkey, or your provider."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.authentication.views.sign_in import get_target_url
from accounts.models import AuthenticatorApp, IdentityProvider, Passkey
from accounts.second_factor.codes import RECOVERY
from accounts.second_factor.forms import CodeForm, ConfirmForm
from accounts.second_factor.passkeys import can_use_passkeys
from accounts.sign_in import mark_password_confirmation
from accounts.sign_in_state import get_sign_in_state
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from accounts.users.account_changes import Kind, record_account_change
from crm.platform.web.password_confirmation import confirm_password_with_new_session_key


@transaction.non_atomic_requests
@never_cache
@sensitive_post_parameters()
def confirm(request):
    """A wrong password or code is always counted, so this view opens its own transaction."""
    mark_password_confirmation(request, render_slowed_page)
    form = build_form(request, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if get_sign_in_state(request).used_factor == RECOVERY:
            with transaction.atomic():
                record_account_change(request.user, Kind.CODE_USED, by=request.user)
        confirm_password_with_new_session_key(request.session)
        return redirect(get_target_url(request))
    return render_confirm_page(request, form, status=422 if form.is_bound else 200)


def build_form(request, data=None) -> CodeForm | ConfirmForm:
    """The one for the code if the user prefers it and has an authenticator app, else the one for the password."""
    by_code = "code" in request.GET and AuthenticatorApp.objects.of_user(request.user).exists()
    return CodeForm(request, request.user, data) if by_code else ConfirmForm(request, data)


def render_confirm_page(request, form: CodeForm | ConfirmForm, *, status: int, slowed: bool = False):
    user, by_code = request.user, isinstance(form, CodeForm)
    # A password that they have and may use.
    has_password = user.has_usable_password() and may_sign_in_without_provider(user)
    context = {
        "form": form,
        "slowed": slowed,
        "lost": "lost" in request.GET,
        "next": get_target_url(request),
        "providers": IdentityProvider.objects.linked_with(user),
        "by_code": by_code,
        "has_password": has_password,
        "local": by_code or has_password,
        "has_app": AuthenticatorApp.objects.of_user(user).exists(),
        "has_passkey": can_use_passkeys() and Passkey.objects.of_user(user).exists(),
    }
    return render(request, "accounts/confirm.html", context, status=status)


def render_slowed_page(request):
    """The page after too many wrong passwords or codes."""
    return render_confirm_page(request, build_form(request), status=429, slowed=True)
