"""The form of an email to a record."""

import re
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.types.texts import one_line
from crm.models import AttachedFile
from crm.platform.files.attachment_storage import KeptFile
from crm.platform.files.error_messages import get_refusal_sentence, get_too_much_error
from crm.platform.files.forms import FilesField, FilesInput
from crm.platform.files.limits import describe_email_limits
from crm.platform.web.rendering.form_rendering import Form
from crm.work.emails.email_verbs import RecordAddress, SendEmail, build_message_id
from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT


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
    record_files = forms.MultipleChoiceField(
        label=_("Files of this record"), required=False, widget=forms.CheckboxSelectMultiple
    )
    attachments = FilesField(
        label=_("Attachments"),
        help_text=lazy(describe_email_limits, str)(),
        # A template draws the form again, and a browser wouldn't send chosen files back with it.
        widget=FilesInput(attrs={"hx-preserve": "true"}),
    )
    draft = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        uploads: Any = None,
        *,
        addresses: list[RecordAddress],
        files: list[AttachedFile],
        user: Any,
        to: str = "",
        start: Any = None,
        dropped: str = "",
        sender: str = "",
    ) -> None:
        """`sender` is the address of the mailbox that the email goes out through, or ''."""
        super().__init__(data, uploads)
        self.user, self.dropped, self.sender = user, dropped, sender
        self.known = {str(file.pk): file for file in files}
        if files:
            self.fields["record_files"].choices = [
                (pk, f"{file.name} ({filesizeformat(file.size)})") for pk, file in self.known.items()
            ]
        else:
            del self.fields["record_files"]
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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        uploads, name = data.get("attachments") or [], "attachments"
        if self.dropped:
            self.add_error(name, get_refusal_sentence(self.dropped))
        elif wrong := get_too_much_error(uploads, self.chosen()):
            self.add_error(name, wrong)
        if self.errors and self.files:
            # A browser never sends a page back with files in its form.
            self.add_error(name, _now("Choose the files again."))
        return data

    def chosen(self) -> list[AttachedFile]:
        """The files of the record that go along."""
        return [self.known[pk] for pk in self.cleaned_data.get("record_files", [])]

    def verb(self, uploads: Sequence[KeptFile]) -> SendEmail:
        data = self.cleaned_data
        files = [*map(KeptFile.of, self.chosen()), *uploads]
        return SendEmail(
            self.user,
            self.addresses[data["to"]],
            data["subject"],
            data["text"],
            build_message_id(data["draft"], self.sender),
            tuple(files),
        )
