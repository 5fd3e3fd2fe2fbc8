"""Enter your password again, and go on to what you wanted to do."""

from django import forms
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import IdentityProvider
from accounts.second_factor import has_second_factor
from accounts.sign_in import confirms_password
from accounts.single_sign_on.policy import signs_in_here
from accounts.views.sign_in import target_of
from crm.web.confirmation import confirm
from crm.web.forms import Form


class ConfirmForm(Form):
    unmarked = True

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request, data=None) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if authenticate(self.request, username=self.request.user.email, password=password) is None:
            raise forms.ValidationError(_("Wrong password. Passwords are case-sensitive."))
        return password


@transaction.non_atomic_requests
@never_cache
@sensitive_post_parameters("password")
def password_confirm(request):
    """A wrong password is always counted, so this view opens no transaction around it."""
    confirms_password(request, slowed_page)
    form = ConfirmForm(request, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        # Under a new key: what was known of the old one is worth nothing any more.
        request.session.cycle_key()
        confirm(request.session)
        return HttpResponseRedirect(target_of(request))
    return page(request, form, status=422 if form.is_bound else 200)


def page(request, form: ConfirmForm, *, status: int, slowed: bool = False):
    context = {"form": form, "next": target_of(request), "lost": "lost" in request.GET, "slowed": slowed}
    # What a user can confirm with: a password that they have and may use, or their provider.
    context["local"] = request.user.has_usable_password() and signs_in_here(request.user)
    context["providers"] = IdentityProvider.objects.linked_with(request.user)
    context["has_second_factor"] = has_second_factor(request.user)
    return render(request, "accounts/password_confirm.html", context, status=status)


def slowed_page(request):
    """The page after too many wrong passwords."""
    return page(request, ConfirmForm(request), status=429, slowed=True)
