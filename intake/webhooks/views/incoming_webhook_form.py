"""A new incoming webhook, changing one, and replacing its secret; a secret is shown once, in the response."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)
from intake.webhooks.forms import IncomingWebhookForm
from intake.webhooks.views.incoming_webhook import get_changeable_webhook, render_page_with_secret

SECRETS = ("given_secret", "given_key")


@sensitive_post_parameters(*SECRETS)
@permission_required("intake.add_incomingwebhook", raise_exception=True)
@one_at_a_time
def new(request):
    return save_or_show_form(request, IncomingWebhookForm(get_posted_data(request), by=request.user))


@sensitive_post_parameters(*SECRETS)
@permission_required("intake.change_incomingwebhook", raise_exception=True)
@one_at_a_time
def edit(request, pk):
    webhook = get_changeable_webhook(request.user, pk)
    return save_or_show_form(
        request, IncomingWebhookForm(get_posted_data(request), instance=webhook, by=request.user)
    )


@require_POST
@permission_required("intake.change_incomingwebhook", raise_exception=True)
@one_at_a_time
def new_secret(request, pk):
    """Replace the secret: calls with the present one are refused from now on."""
    webhook = get_changeable_webhook(request.user, pk)
    with record_settings_change("edit_incoming_webhook", by=request.user, act="secret", rows=[webhook.pk]):
        secret = webhook.set_new_secret()
        webhook.save(update_fields=["secret"])
    return render_page_with_secret(request, webhook, secret)


def save_or_show_form(request, form: IncomingWebhookForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        if form.shown_once and not form.cleaned_data["given_secret"]:
            return render_page_with_secret(request, form.instance, form.shown_once)
        show_change_message(
            request, record, _("Saved the incoming webhook %(name)s.") % {"name": form.instance.name}
        )
        return redirect("incoming:webhook", form.instance.pk)
    return render_response(request, "intake/webhooks/form.html", {"form": form}, status=form.status_code)
