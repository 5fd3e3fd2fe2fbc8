"""Reset a user's two-step verification: what happens first, then all of it in one step."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import AuthenticatorApp, Passkey, RecoveryCode
from accounts.second_factor.second_factor import reset_second_factor, roles_requiring_queryset
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("accounts.change_user", raise_exception=True)
def user_reset(request, pk):
    person = get_changeable_user(request.user, pk)
    # Your own is changed in the profile, where it takes a factor or the password.
    if pk == request.user.pk:
        raise PermissionDenied
    return reset_or_show_form(request, person)


@require_confirmation
def reset_or_show_form(request, person):
    if request.method == "POST":
        if reset_second_factor(person, by=request.user):
            text = _("Two-step verification of %(name)s has been reset, and they’re signed out everywhere.")
            messages.success(request, text % {"name": person.name})
        return redirect("user", person.pk)
    context = {
        "person": person,
        "has_app": AuthenticatorApp.objects.of_user(person).exists(),
        "passkeys": Passkey.objects.of_user(person).count(),
        "codes": RecoveryCode.objects.of_user(person).unused().count(),
        "roles": roles_requiring_queryset(person),
    }
    return render(request, "accounts/user_reset.html", context)
