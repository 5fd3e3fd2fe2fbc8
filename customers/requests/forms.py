"""The form of a request. Its message can only be entered while it is added."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.ownership.record_form import RecordForm
from crm.platform.web.rendering.day_input import DayTimeInput
from customers.models import Request
from customers.models.request import this_second
from customers.requests import fields


class RequestForm(RecordForm):
    class Meta:
        model = Request
        fields = fields.FORM_FIELDS
        widgets = {"text": forms.Textarea(attrs={"rows": 8}), "received_at": DayTimeInput(looks_back=True)}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        for name in fields.ONLY_WHILE_ADDING:
            self.fields[name].disabled = not self.is_new
        if self.is_new:
            self.fields["received_at"].required = False
            self.fields["received_at"].help_text = _("Leave it empty if it came just now.")
            self.initial["received_at"] = None

    def clean_received_at(self):
        received = self.cleaned_data["received_at"]
        return received.replace(microsecond=0) if received else this_second()
