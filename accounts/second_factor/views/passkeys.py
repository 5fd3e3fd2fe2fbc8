"""Passkeys in the profile: add this device, remove any of them."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Passkey
from accounts.second_factor import second_factor
from accounts.second_factor.forms import PasskeyForm
from accounts.second_factor.passkeys import (
    NO_NAME,
    NotAccepted,
    build_passkey,
    build_registration_options,
    can_use_passkeys,
)
from accounts.second_factor.second_factor import SecondFactorRequired, TooManyPasskeys
from accounts.second_factor.views.two_step import (
    render_codes_page,
    render_two_step_page,
    show_required_message,
)
from crm.platform.web.password_confirmation import require_confirmation


@require_POST
@require_confirmation
def passkey_options(request):
    if not can_use_passkeys():
        return JsonResponse({}, status=NO_NAME)
    return JsonResponse(build_registration_options(request, request.user))


@require_POST
@require_confirmation
def passkey_new(request):
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return render_two_step_page(request, form, status=422)
    try:
        passkey = build_passkey(request, request.user, request.POST.get("credential", ""))
        passkey.name = form.cleaned_data["name"]
        codes = second_factor.add_passkey(request, passkey)
    except NotAccepted:
        messages.error(request, _("The passkey wasn’t added. Try again, or use another device."))
        return redirect("two_step")
    except TooManyPasskeys:
        messages.error(request, _("You can’t add more passkeys. Remove one of them first."))
        return redirect("two_step")
    messages.success(request, _("The passkey has been added."))
    return render_codes_page(request, codes, is_new=True) if codes else redirect("two_step")


@require_POST
@require_confirmation
def passkey_remove(request, pk):
    passkey = get_object_or_404(Passkey.objects.of_user(request.user), pk=pk)
    try:
        second_factor.remove_passkey(request.user, passkey)
    except SecondFactorRequired:
        show_required_message(request)
    else:
        messages.success(request, _("The passkey has been removed."))
    return redirect("two_step")
