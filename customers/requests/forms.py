"""The form of a request. Its message can only be entered while it is added."""

from django import forms

from accounts.record_form import RecordForm
from crm.activities.forms import WhenInput
from customers.models import Request
from customers.requests import fields


class ReceivedInput(WhenInput):
    """To the second, as requests of programs are."""

    def __init__(self) -> None:
        super().__init__({"step": 1})
        self.format = "%Y-%m-%dT%H:%M:%S"


class RequestForm(RecordForm):
    class Meta:
        model = Request
        fields = fields.FORM_FIELDS
        widgets = {"text": forms.Textarea(attrs={"rows": 8}), "received_at": ReceivedInput}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        for name in fields.ONLY_WHILE_ADDING:
            self.fields[name].disabled = not self.is_new

    def clean_received_at(self):
        return self.cleaned_data["received_at"].replace(microsecond=0)
