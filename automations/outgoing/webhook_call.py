"""The step that calls a webhook that is set up in Settings: one delivery for each change of an automation."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.api.webhooks.webhook_delivery import queue_delivery
from crm.models import Webhook, WebhookDelivery
from crm.records.history.verb_execution import Refusal, Verb


@dataclass(frozen=True)
class CallWebhook(Verb):
    """Send the operation of the run to a webhook, whatever events that is for. It leaves the records as they are."""

    # The event of webhooks that only automations call. It is always a step of a run, never an operation of its own.
    kind = "call_webhook"
    action = "view"
    icon = "bolt"
    on_read_only = True

    webhook: Webhook

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Call a webhook")

    def get_refusals(self):
        if self.webhook.active and self.webhook.user.is_active:
            return []
        return [Refusal("webhook_off", ~Q(pk=None))]

    def get_values(self):
        return {}

    def write(self, rows):
        """The webhook is called once for the whole operation, below."""

    def write_consequences(self, record, changed):
        delivery, made = WebhookDelivery.objects.get_or_create(webhook=self.webhook, operation=record)
        if made:
            queue_delivery(delivery)
