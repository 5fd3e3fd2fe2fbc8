"""Single sign-on: the identity providers, the mode in which everyone uses one, and unlinking a user."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Identity, IdentityProvider
from accounts.single_sign_on.forms import OnlyForm
from accounts.single_sign_on.pending_attempts import redirect_address
from accounts.single_sign_on.sign_in_policy import (
    allow_passwords,
    emergency_administrators_queryset,
    get_policy,
    is_single_sign_on_required,
    require_provider,
)
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


def require_administrator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A mapping can make anyone an administrator, so only administrators open these pages, after their password."""

    @wraps(view)
    @permission_required("accounts.change_identityprovider", raise_exception=True)
    def wrapped_view(request, *arguments, **keywords):
        if not request.user.is_administrator:
            raise PermissionDenied
        return require_confirmation(view)(request, *arguments, **keywords)

    return wrapped_view


@require_safe
@require_administrator
def sign_on(request):
    return render_single_sign_on_settings(
        request, OnlyForm(initial={"keepers": [user.pk for user in emergency_administrators_queryset()]})
    )


def render_single_sign_on_settings(request, form: OnlyForm, *, status: int = 200, problem: str = ""):
    row = get_policy()
    context = {
        "providers": IdentityProvider.objects.by_name().annotate(people=Count("identities")),
        "address": redirect_address(),
        "form": form,
        "only": is_single_sign_on_required(),
        "ineffective": bool(row and row.only) and not is_single_sign_on_required(),
        "keepers": emergency_administrators_queryset().by_name(),
        "problem": problem,
    }
    return render(request, "accounts/sign_on.html", context, status=status)


@require_POST
@require_administrator
def sign_on_only(request):
    if "off" in request.POST:
        if allow_passwords():
            write_security_line("sign_on_only", before="on", after="off")
        messages.success(request, _("Users can sign in with their password again."))
        return redirect("sign_on")
    form = OnlyForm(request.POST)
    if not form.is_valid():
        return render_single_sign_on_settings(request, form, status=422)
    if not IdentityProvider.objects.active().exists():
        problem = _("Add an identity provider first, and offer it on the sign-in page.")
        return render_single_sign_on_settings(request, form, status=422, problem=problem)
    chosen = list(form.cleaned_data["keepers"])
    require_provider(chosen)
    write_security_line("sign_on_only", before="off", after=["on", *(user.email for user in chosen)])
    messages.success(request, _("From now on, users sign in only with single sign-on."))
    return redirect("sign_on")


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
@require_confirmation
def user_unlink(request, pk, identity):
    person = get_changeable_user(request.user, pk)
    row = get_object_or_404(Identity.objects.of_user(person).select_related("provider"), pk=identity)
    row.delete()
    write_security_line("sign_on_unlinked", of=person.pk, of_email=person.email, provider=row.provider.name)
    messages.success(
        request,
        _("%(name)s is no longer linked with an account of %(provider)s.")
        % {"name": person.name, "provider": row.provider.name},
    )
    return redirect("user", pk)
