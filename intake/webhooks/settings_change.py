"""Changes of incoming webhooks as operations: the permission that each requires, and its name in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Verb
from intake.models import IncomingWebhook


def _get_webhook_name(parameters: dict[str, Any]) -> str:
    """Its present name, or the one it had when it was deleted."""
    found = IncomingWebhook.objects.filter(pk__in=parameters.get("rows", [])).first()
    return found.name if found else parameters.get("name") or _("(deleted)")


class OfIncomingWebhooks(Verb):
    kind = "edit_incoming_webhook"
    icon = "settings"
    action = "change"

    @classmethod
    def get_right(cls, model: Any) -> str:
        return f"intake.{cls.action}_incomingwebhook"

    @classmethod
    def get_label(cls, parameters, kind):
        if parameters.get("act") == "secret":
            return _("Replace the secret of the incoming webhook %(name)s") % {
                "name": _get_webhook_name(parameters)
            }
        if parameters.get("act") == "mapping":
            return _("Edit the mapping of the incoming webhook %(name)s") % {
                "name": _get_webhook_name(parameters)
            }
        return _("Edit the incoming webhook %(name)s") % {"name": _get_webhook_name(parameters)}


class AddIncomingWebhook(OfIncomingWebhooks):
    kind = "add_incoming_webhook"
    action = "add"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Add the incoming webhook %(name)s") % {"name": _get_webhook_name(parameters)}


class DeleteIncomingWebhook(OfIncomingWebhooks):
    kind = "delete_incoming_webhook"
    action = "delete"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Delete the incoming webhook %(name)s") % {"name": _get_webhook_name(parameters)}

    @classmethod
    def describe_finality(cls, record):
        return _lazy("The secret and the log of the webhook are gone, so it can’t be restored.")
