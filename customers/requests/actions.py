"""The bulk actions on requests: those of every customer record, and changing the state."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.bulk_actions import BulkAction
from crm.records.history.verbs import Edit
from customers.actions import get_bulk_actions
from customers.models import Request


class StateForm(Form):
    state = forms.ChoiceField(label=_("State"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["state"].choices = [("", _("Choose…")), *Request.State.choices]


STATE = BulkAction(
    "state",
    _("Change state"),
    "flag",
    "change",
    StateForm,
    lambda data, user: Edit({"state": data["state"]}),
    front=True,
)
ACTIONS = [STATE, *get_bulk_actions("request")]
