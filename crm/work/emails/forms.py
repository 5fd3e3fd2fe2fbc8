"""The form of an email to a record."""

import re
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.types.texts import one_line
from crm.models import AttachedFile
from crm.platform.files.error_messages import get_refusal_sentence, get_too_much_error
from crm.platform.files.forms import FilesField, FilesInput
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.limits import describe_email_limits
from crm.platform.web.rendering.form_rendering import Form
from crm.work.emails.email_addresses import parse_addresses
from crm.work.emails.email_replies import Reply, ReplyMode
from crm.work.emails.email_verbs import RecordAddress, SendEmail, build_message_id
from crm.work.emails.mime_messages import SendingRoute
from crm.work.emails.thread_index import build_thread_index
from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT, split_addresses
from crm.work.models.email_envelope import LONGEST_ADDRESSES


class EmailForm(Form):
    """A new email from the page of a record, or an answer to one. `draft` is a number of its own, so that two clicks send one email; a
    program that sends none gets a new one."""

    sender = forms.ChoiceField(label=pgettext_lazy("an email", "From"), required=False)
    to = forms.CharField(
        label=pgettext_lazy("an email", "To"),
        max_length=LONGEST_ADDRESSES,
        help_text=_("Separate several addresses by commas."),
        widget=forms.TextInput(attrs={"inputmode": "email"}),
    )
    cc = forms.CharField(label=_("Cc"), max_length=LONGEST_ADDRESSES, required=False)
    bcc = forms.CharField(
        label=_("Bcc"),
        max_length=LONGEST_ADDRESSES,
        required=False,
        help_text=_("The other recipients don’t see these addresses, and neither do your colleagues."),
    )
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
        routes: Sequence[SendingRoute] = (),
        reply: Reply | None = None,
        below: str = "",
    ) -> None:
        """`routes` are the ways that the email can be sent, the default first. With a `reply`, it answers or forwards an email.
        `below` is what stands below the text: the signature, and then the quotation."""
        # Answers open on the record's page, beside forms with fields of the same names.
        super().__init__(data, uploads, auto_id=f"id_email_{reply.email.pk}_%s" if reply else "id_%s")
        self.user, self.dropped, self.reply, self.below = user, dropped, reply, below
        self.routes = {route.key: route for route in routes}
        if len(self.routes) > 1:
            self.fields["sender"].choices = [(key, route.sender) for key, route in self.routes.items()]
        else:
            del self.fields["sender"]
        self.known = {str(file.pk): file for file in files}
        if files:
            self.fields["record_files"].choices = [
                (pk, f"{file.name} ({filesizeformat(file.size)})") for pk, file in self.known.items()
            ]
        else:
            del self.fields["record_files"]
        self.addresses = {address.name: address.address for address in addresses}
        self.known_addresses = addresses
        self.fields["to"].widget.attrs["list"] = self.datalist_id
        address = self.addresses.get(to) or next(iter(self.addresses.values()), "")
        self.initial = {"to": address, "draft": token_hex(32)}
        if reply:
            self.initial |= {
                "to": ", ".join(reply.recipients.to),
                "cc": ", ".join(reply.recipients.cc),
                "subject": reply.subject,
                "record_files": [str(file.pk) for file in reply.files],
            }
        if self.below:
            self.initial["text"] = f"\n\n{self.below}"
        self.initial |= start or {}
        if reply or data is None:
            self.fields[self._get_first_field(reply)].widget.attrs["autofocus"] = True

    def _get_first_field(self, reply: Any) -> str:
        """The cursor stands where the user goes on."""
        if reply:
            return "to" if reply.mode == ReplyMode.FORWARD else "text"
        return next((name for name in ("to", "subject") if not self.initial.get(name)), "text")

    @property
    def datalist_id(self) -> str:
        return f"known-addresses-{self.reply.email.pk}" if self.reply else "known-addresses"

    @property
    def has_copies(self) -> bool:
        """Whether the fields Cc and Bcc show open."""
        return any(self[name].value() or self[name].errors for name in ("cc", "bcc"))

    @property
    def route(self) -> SendingRoute | None:
        """The chosen one, or else the default."""
        chosen = self["sender"].value() if "sender" in self.fields else ""
        return self.routes.get(chosen) or next(iter(self.routes.values()), None)

    def clean_to(self) -> str:
        # A program may send the name of a field of the record.
        return ", ".join(parse_addresses(self.cleaned_data["to"], self.addresses))

    def clean_cc(self) -> str:
        return ", ".join(parse_addresses(self.cleaned_data["cc"]))

    def clean_bcc(self) -> str:
        return ", ".join(parse_addresses(self.cleaned_data["bcc"]))

    def clean_subject(self) -> str:
        return one_line(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        is_forward = self.reply is not None and self.reply.mode == ReplyMode.FORWARD
        if not text or (text == self.below and not is_forward):
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
        elif wrong := get_too_much_error(uploads, self.get_chosen_files()):
            self.add_error(name, wrong)
        if self.errors and self.files:
            # A browser never sends a page back with files in its form.
            self.add_error(name, _now("Choose the files again."))
        return data

    def get_chosen_files(self) -> list[AttachedFile]:
        """The files of the record that go along."""
        return [self.known[pk] for pk in self.cleaned_data.get("record_files", [])]

    def build_verb(self, uploads: Sequence[KeptFile]) -> SendEmail:
        data = self.cleaned_data
        files = [*map(KeptFile.from_attached, self.get_chosen_files()), *uploads]
        message_id = build_message_id(data["draft"], self.route.sender if self.route else "")
        envelope = {name: data[name] for name in ("to", "cc", "bcc")}
        references = self.reply.references if self.reply else []
        parent = self.reply.thread_index if self.reply else ""
        index = build_thread_index(message_id, timezone.now(), is_answer=bool(references), parent=parent)
        envelope |= {"references": " ".join(references), "thread_index": index}
        envelope |= {"route": data.get("sender", "")}
        first = split_addresses(data["to"])[0]
        return SendEmail(self.user, first, data["subject"], data["text"], message_id, tuple(files), envelope)
