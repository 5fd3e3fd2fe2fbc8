"""Add an authenticator app: scan the code or type the key, then enter what the app shows."""

import segno
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.models import AuthenticatorApp
from accounts.second_factor import second_factor
from accounts.second_factor.codes import build_authenticator_url, generate_secret
from accounts.second_factor.forms import NewAppForm
from accounts.second_factor.second_factor import AlreadyAdded, SecondFactorRequired
from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret, encrypt_secret
from accounts.second_factor.views.two_step import render_codes_page, show_required_message
from crm.platform.configuration.company import get_company_name
from crm.platform.web.password_confirmation import require_confirmation


@sensitive_post_parameters("code")
@require_confirmation
def authenticator_app(request):
    if AuthenticatorApp.objects.of_user(request.user).exists():
        return redirect("two_step")
    secret = read_secret(request) or generate_secret()
    form = NewAppForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            codes = second_factor.add_app(request, secret, form.cleaned_data["code"])
        except AlreadyAdded:
            return redirect("two_step")
        if codes is not None:
            return show_added(request, codes)
        text = _("Wrong code. Enter the six digits that the app shows now for %(company)s.")
        form.add_error("code", text % {"company": get_company_name()})
    drawing = segno.make(build_authenticator_url(request.user, secret), error="m", micro=False)
    # segno's own drawing, of nothing but squares.
    drawn = drawing.svg_inline(omitsize=True, light="#fff", lineclass=None, svgclass="qr")
    # Its place in the page has the name.
    picture = mark_safe(drawn.replace("<svg", '<svg aria-hidden="true"', 1))  # noqa: S308  # nosec B703
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    kept = encrypt_secret(f"{request.user.pk} {secret}")
    context = {"form": form, "picture": picture, "key": " ".join(groups), "kept": kept}
    return render(request, "accounts/authenticator_app.html", context, status=422 if form.is_bound else 200)


def read_secret(request) -> str:
    """The key that was shown, which the form sends back encrypted, or '' if it isn't this user's."""
    try:
        user, _space, secret = decrypt_secret(request.POST.get("kept", "")).partition(" ")
    except UnreadableSecret:
        return ""
    return secret if user == str(request.user.pk) else ""


def show_added(request, codes: list[str]):
    messages.success(request, _("The authenticator app has been added."))
    return render_codes_page(request, codes, is_new=True) if codes else redirect("two_step")


@require_POST
@require_confirmation
def authenticator_app_remove(request):
    try:
        second_factor.remove_app(request.user)
    except SecondFactorRequired:
        show_required_message(request)
    else:
        messages.success(request, _("The authenticator app has been removed."))
    return redirect("two_step")
