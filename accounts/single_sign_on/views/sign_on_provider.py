"""An identity provider: its address and client, who may sign in with it, and removing it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import IdentityProvider
from accounts.single_sign_on.forms import ProviderForm
from accounts.single_sign_on.pending_attempts import redirect_address
from accounts.single_sign_on.views.sign_on import require_administrator
from crm.platform.web.security_log import write_security_line


@transaction.non_atomic_requests
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@require_administrator
def sign_on_provider_new(request):
    return save_or_show_form(request, IdentityProvider())


@transaction.non_atomic_requests
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@require_administrator
def sign_on_provider(request, pk):
    return save_or_show_form(request, get_object_or_404(IdentityProvider, pk=pk))


def save_or_show_form(request, provider: IdentityProvider):
    """No transaction is open while the provider is asked."""
    made = provider.pk is None
    form = ProviderForm(request.POST if request.method == "POST" else None, instance=provider)
    if not form.is_bound or not form.is_valid():
        # A copy: invalid input must not appear in the page's header.
        shown = None if made else IdentityProvider.objects.get(pk=provider.pk)
        context = {"form": form, "provider": shown, "address": redirect_address()}
        status = 422 if form.is_bound else 200
        return render(request, "accounts/sign_on_provider.html", context, status=status)
    with transaction.atomic():
        form.save_provider(request.user)
        write_security_line(
            "sign_on_provider_saved", provider=provider.name, added=made, after=form.changed_data
        )
    if made:
        messages.success(
            request, _("Saved. Now map the groups of %(name)s to roles.") % {"name": provider.name}
        )
        return redirect("sign_on_mapping", provider.pk)
    messages.success(request, _("Saved."))
    return redirect("sign_on")


@require_POST
@require_administrator
def sign_on_provider_remove(request, pk):
    provider = get_object_or_404(IdentityProvider, pk=pk)
    people = provider.identities.count()
    provider.delete()
    write_security_line("sign_on_provider_removed", provider=provider.name, rows=people)
    messages.success(
        request, _("%(name)s was removed. Its users keep their accounts.") % {"name": provider.name}
    )
    return redirect("sign_on")
