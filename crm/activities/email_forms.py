"""The form of an email to a record."""

import re
from secrets import token_hex
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.activities.email import Address, SendEmail, message_id_of
from crm.fields.texts import one_line
from crm.models.activity import LONGEST_SUBJECT, LONGEST_TEXT
from crm.web.forms import Form


class EmailForm(Form):
    """A new email to one of a record's addresses. `draft` is a number of its own, so that two clicks send one email; a
    program that sends none gets a new one."""

    to = forms.ChoiceField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=pgettext_lazy("of an activity", "Text"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Markdown works: **bold**, - list, > quote."),
    )
    draft = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, addresses: list[Address], user: Any, to: str = "", start: Any = None
    ) -> None:
        super().__init__(data)
        self.user = user
        self.addresses = {address.name: address.address for address in addresses}
        labels = {address.name: f"{address.address} ({address.label})" for address in addresses}
        self.fields["to"].choices = list(labels.items())
        self.initial = {"to": to if to in labels else next(iter(labels), ""), "draft": token_hex(32)}
        if user.signature:
            self.initial["text"] = f"\n\n{user.signature}"
        self.initial |= start or {}

    def clean_subject(self) -> str:
        return one_line(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if not text or text == self.user.signature.replace("\r\n", "\n").strip():
            raise ValidationError(_now("Write the email first."))
        return text

    def clean_draft(self) -> str:
        draft = self.cleaned_data["draft"]
        return draft if re.fullmatch("[0-9a-f]{64}", draft) else token_hex(32)

    def verb(self) -> SendEmail:
        data = self.cleaned_data
        return SendEmail(
            self.user,
            self.addresses[data["to"]],
            data["subject"],
            data["text"],
            message_id_of(data["draft"]),
        )
