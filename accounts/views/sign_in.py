"""Signing in and out."""

from django import forms
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.demo import ACCOUNTS
from accounts.models.role import SHIPPED
from accounts.sign_in import remember_device
from crm.forms import LookMixin
from crm.management.commands.demo import demo_password


class SignInForm(LookMixin, AuthenticationForm):
    """Django's own, with the fields `email` and `password`."""

    error_messages = {
        "invalid_login": _("E-mail and password do not belong together. Mind capital letters."),
        "inactive": _("This account is not active."),
    }

    def __init__(self, request=None, *arguments, **keywords) -> None:
        super().__init__(request, *arguments, **keywords)
        del self.fields["username"]
        self.fields = {
            "email": forms.EmailField(
                label=_("E-mail"),
                max_length=254,
                widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
            ),
            "password": self.fields["password"],
        }
        self._dress()

    def clean(self):
        self.cleaned_data["username"] = self.cleaned_data.get("email")
        return super().clean()


@login_not_required
@transaction.non_atomic_requests
@never_cache
@sensitive_post_parameters("password")
def sign_in(request):
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = resolve_url(settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        response = HttpResponseRedirect(target)
        remember_device(response, form.get_user().email)
        return response
    context = {"form": form, "next": target, "accounts": demo_accounts(request)}
    return render(request, "accounts/sign_in.html", context, status=422 if form.is_bound else 200)


def demo_accounts(request) -> list:
    """The demo's accounts as buttons: on the machine itself only, never over a network."""
    if not settings.DEMO or request.META.get("REMOTE_ADDR") not in ("127.0.0.1", "::1"):
        return []
    if request.META.get("HTTP_X_FORWARDED_FOR"):
        return []
    password = demo_password()
    return [(SHIPPED[role], email, name, password) for role, email, name, _departments, _hue in ACCOUNTS]


@login_not_required
@require_POST
def sign_out(request):
    logout(request)
    return redirect("login")
