"""The tables of web forms and webhooks."""

from intake.models.incoming_call import IncomingCall, IncomingUse
from intake.models.incoming_webhook import IncomingWebhook

__all__ = ["IncomingCall", "IncomingUse", "IncomingWebhook"]
