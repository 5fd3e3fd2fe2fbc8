"""The OAuth clients: how Leadwell is registered at Google and Microsoft."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from mailboxes.connections.oauth import redirect_address
from mailboxes.forms.shared_mailbox import ClientForm
from mailboxes.models import OAuthClient


@require_safe
@permission_required("mailboxes.change_mailbox", raise_exception=True)
@require_confirmation
def mailbox_clients(request):
    known = {client.provider: client for client in OAuthClient.objects.all()}
    lines = [(value, label, known.get(value)) for value, label in OAuthClient.Provider.choices]
    return render(request, "mailboxes/clients.html", {"lines": lines, "address": redirect_address()})


@sensitive_post_parameters("client_secret")
@permission_required("mailboxes.change_mailbox", raise_exception=True)
@require_confirmation
def mailbox_client(request, provider):
    if provider not in OAuthClient.Provider.values:
        raise Http404
    client = OAuthClient.get_for_provider(provider) or OAuthClient(provider=provider)
    form = ClientForm(request.POST if request.method == "POST" else None, instance=client)
    if form.is_bound and form.is_valid():
        form.save_client()
        write_security_line("mailbox_client_saved", provider=provider, after=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("mailbox_clients")
    context = {"form": form, "client": client, "address": redirect_address()}
    return render(request, "mailboxes/client.html", context, status=422 if form.is_bound else 200)
