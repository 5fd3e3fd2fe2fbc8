"""Two-step verification in the profile: what you have, new recovery codes, and turning it off."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import AuthenticatorApp, Passkey, RecoveryCode
from accounts.models.second_factor import MOST_PASSKEYS
from accounts.second_factor import second_factor
from accounts.second_factor.forms import PasskeyForm
from accounts.second_factor.passkeys import can_use_passkeys
from accounts.second_factor.second_factor import (
    SecondFactorRequired,
    has_second_factor,
    is_second_factor_overdue,
    roles_requiring_queryset,
)
from crm.platform.web.password_confirmation import require_confirmation


@require_safe
@require_confirmation
def two_step(request):
    return render_two_step_page(request)


def render_two_step_page(request, form: PasskeyForm | None = None, *, status: int = 200):
    user = request.user
    passkeys = Passkey.objects.of_user(user).newest_first()
    context = {
        "form": form or PasskeyForm(),
        "is_on": has_second_factor(user),
        "app": AuthenticatorApp.objects.of_user(user).first(),
        "passkeys": passkeys,
        "passkeys_possible": can_use_passkeys(),
        "may_add_passkey": can_use_passkeys() and len(passkeys) < MOST_PASSKEYS,
        "codes_left": RecoveryCode.objects.of_user(user).unused().count(),
        "roles": roles_requiring_queryset(user),
        "overdue": is_second_factor_overdue(user),
        "due": user.second_factor_due,
    }
    return render(request, "accounts/two_step.html", context, status=status)


def render_codes_page(request, codes: list[str], *, is_new: bool):
    """Shown once, in the answer itself: the codes are never stored as they are."""
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": is_new})


@require_POST
@require_confirmation
def recovery_codes_new(request):
    codes = second_factor.renew_recovery_codes(request.user)
    return render_codes_page(request, codes, is_new=False) if codes else redirect("two_step")


@require_confirmation
def two_step_off(request):
    if not has_second_factor(request.user):
        return redirect("two_step")
    if request.method != "POST":
        return render(
            request, "accounts/two_step_off.html", {"roles": roles_requiring_queryset(request.user)}
        )
    try:
        second_factor.turn_off_second_factor(request.user)
    except SecondFactorRequired:
        show_required_message(request)
    else:
        messages.success(request, _("Two-step verification is off. You sign in with your password alone."))
    return redirect("two_step")


def show_required_message(request) -> None:
    role = roles_requiring_queryset(request.user).first()
    if role is None:
        text = _(
            "Emergency administrators require two-step verification. Add another method before you remove this one."
        )
        messages.error(request, text)
        return
    text = _(
        "Your role %(role)s requires two-step verification. Add another method before you remove this one."
    )
    messages.error(request, text % {"role": role.label})
