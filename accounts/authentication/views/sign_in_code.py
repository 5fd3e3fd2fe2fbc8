"""The second step of signing in: a code, or a passkey."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.authentication.pending_sign_in import finish_sign_in, get_pending_target, get_pending_user
from accounts.models import AuthenticatorApp, Passkey, User
from accounts.second_factor.codes import RECOVERY
from accounts.second_factor.forms import CodeForm
from accounts.second_factor.passkeys import can_use_passkeys
from accounts.sign_in_state import get_sign_in_state
from accounts.users.account_changes import Kind, record_account_change


@login_not_required
@transaction.non_atomic_requests
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request):
    """A wrong code is always counted, so this view opens its own transaction."""
    user = get_pending_user(request)
    if user is None:
        return redirect("login")
    form = CodeForm(request, user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if get_sign_in_state(request).used_factor == RECOVERY:
            with transaction.atomic():
                record_account_change(user, Kind.CODE_USED, by=user)
        return finish_sign_in(request, user, get_pending_target(request))
    return render_code_page(request, user, form, status=422 if form.is_bound else 200)


def render_code_page(request, user: User, form: CodeForm, *, status: int, slowed: bool = False):
    context = {
        "form": form,
        "slowed": slowed,
        "has_app": AuthenticatorApp.objects.of_user(user).exists(),
        "has_passkey": can_use_passkeys() and Passkey.objects.of_user(user).exists(),
    }
    return render(request, "accounts/sign_in_code.html", context, status=status)


def render_slowed_page(request):
    """The page after too many wrong codes."""
    user = get_pending_user(request)
    if user is None:
        return redirect("login")
    return render_code_page(request, user, CodeForm(request, user), status=429, slowed=True)
