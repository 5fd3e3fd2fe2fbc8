"""A new webhook, whose secret is shown once in the response; and changing the URL or events of one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.api.webhooks.forms import WebhookForm
from crm.api.webhooks.views.webhook import get_changeable_webhook, render_page_with_secret
from crm.models import Webhook


@permission_required("crm.add_webhook", raise_exception=True)
def webhook_new(request):
    webhook = Webhook()
    form = WebhookForm(request.POST if request.method == "POST" else None, instance=webhook, by=request.user)
    if form.is_bound and form.is_valid():
        secret = webhook.set_new_secret()
        form.save()
        return render_page_with_secret(request, webhook, secret)
    return render_form(request, form)


@permission_required("crm.change_webhook", raise_exception=True)
def webhook_edit(request, pk):
    webhook = get_changeable_webhook(request.user, pk)
    form = WebhookForm(request.POST if request.method == "POST" else None, instance=webhook, by=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("webhook", webhook.pk)
    return render_form(request, form, pk)


def render_form(request, form: WebhookForm, pk: int | None = None):
    context = {"form": form, "pk": pk}
    return render(request, "webhooks/form.html", context, status=422 if form.is_bound else 200)
