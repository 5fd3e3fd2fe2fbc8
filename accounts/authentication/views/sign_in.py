"""Signing in and out."""

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authentication.pending_sign_in import (
    begin_second_step,
    finish_sign_in,
    forget_pending_sign_in,
)
from accounts.demo import ACCOUNTS
from accounts.models import IdentityProvider
from accounts.models.role import SHIPPED_ROLES
from accounts.push.devices import delete_device_of_browser
from accounts.second_factor.passkeys import can_use_passkeys
from accounts.second_factor.second_factor import has_second_factor
from accounts.single_sign_on.sign_in_policy import is_single_sign_on_required
from crm.platform.server.demo import get_demo_password
from crm.platform.web.rendering.form_rendering import prepare_widgets

LOOPBACK = ("127.0.0.1", "::1")
# These headers are set by proxies: the person is on another machine.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


class SignInForm(AuthenticationForm):
    """Django's own, with the fields `email` and `password`; both are always required, so neither is marked."""

    unmarked = True

    error_messages = {
        "invalid_login": _("Wrong email or password. Passwords are case-sensitive."),
        "inactive": _("Wrong email or password. Passwords are case-sensitive."),
    }

    def __init__(self, request=None, *arguments, **keywords) -> None:
        super().__init__(request, *arguments, **keywords)
        del self.fields["username"]
        self.fields = {
            "email": forms.EmailField(
                label=_("Email"),
                max_length=254,
                widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
            ),
            "password": self.fields["password"],
        }
        prepare_widgets(self)

    def clean(self):
        self.cleaned_data["username"] = self.cleaned_data.get("email")
        try:
            return super().clean()
        except forms.ValidationError as wrong:
            self.add_error("password", wrong)
            return self.cleaned_data

    def add_error(self, field, error) -> None:
        """The first invalid field gets the focus."""
        super().add_error(field, error)
        for name, found in self.fields.items():
            found.widget.attrs["autofocus"] = name == next(iter(self.errors))


@login_not_required
@transaction.non_atomic_requests
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request):
    if request.user.is_authenticated:
        return redirect(get_target_url(request))
    # Whoever comes back to this page starts over, perhaps as another user.
    forget_pending_sign_in(request)
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        go_on = begin_second_step if has_second_factor(form.get_user()) else finish_sign_in
        return go_on(request, form.get_user(), get_target_url(request))
    return sign_in_page(request, form, status=422 if form.is_bound else 200)


def get_target_url(request) -> str:
    """The page the person wanted to open, if it is one of our own URLs; else the start page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def sign_in_page(request, form: SignInForm, *, status: int, slowed: bool = False) -> HttpResponse:
    context = {
        "form": form,
        "next": get_target_url(request),
        "accounts": get_demo_accounts(request),
        "slowed": slowed,
    }
    context |= {"lost": "lost" in request.GET, "passkeys": can_use_passkeys()}
    context |= {
        "providers": IdentityProvider.objects.active().by_name(),
        "only": is_single_sign_on_required(),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def render_slowed_page(request) -> HttpResponse:
    """The page after too many failures: it keeps the entered email and reveals nothing about it."""
    form = SignInForm(request, initial={"email": request.POST.get("email", "")[:254]})
    return sign_in_page(request, form, status=429, slowed=True)


def get_demo_accounts(request) -> list:
    """The demo's accounts as buttons: only on the same machine, never over a network."""
    if not settings.DEMO or is_single_sign_on_required() or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        return []
    if any(request.META.get(name) for name in FORWARDED):
        return []
    password = get_demo_password()
    return [
        (SHIPPED_ROLES[role], email, name, password) for role, email, name, _departments, _hue in ACCOUNTS
    ]


@login_not_required
@require_POST
def sign_out(request):
    delete_device_of_browser(request)
    logout(request)
    return redirect("login")
