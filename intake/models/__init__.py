"""The tables of web forms and webhooks."""

from intake.models.form_view_count import FormView
from intake.models.incoming_call import IncomingCall, IncomingUse
from intake.models.incoming_webhook import IncomingWebhook
from intake.models.known_people import KnownPeople
from intake.models.stop_word import StopWord
from intake.models.submission import Submission
from intake.models.web_form import WebForm

__all__ = [
    "FormView",
    "IncomingCall",
    "IncomingUse",
    "IncomingWebhook",
    "KnownPeople",
    "StopWord",
    "Submission",
    "WebForm",
]
