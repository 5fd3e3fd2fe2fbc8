"""The forms of mailing templates, mailing lists and senders."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.types.texts import one_line
from crm.records.editing.settings_form import SettingsForm
from mailings.content.forms import TEXTS, Texts
from mailings.content.markdown import render_email_html
from mailings.content.merge_fields import MergeFields, get_recipient_kinds
from mailings.models import MailingList, MailingTemplate, Sender


class MailingTemplateForm(Texts, SettingsForm):
    table = "mailing_template"
    new_title = _("New mailing template")

    class Meta:
        model = MailingTemplate
        fields = ["name", "folder", *TEXTS]
        widgets = {
            "folder": forms.TextInput(attrs={"list": "folders"}),
            "text": forms.Textarea(attrs={"rows": 14}),
            "plain": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *arguments: Any, user: User, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.merge = MergeFields(get_recipient_kinds(None), user)
        if not self.is_new:
            self.initial.update(
                {name: self.merge.convert_to_shown(getattr(self.instance, name)) for name in TEXTS}
            )
        self.folders = sorted({row.folder for row in MailingTemplate.objects.active() if row.folder})

    def same_names_queryset(self):
        return MailingTemplate.objects.active()

    def clean_folder(self) -> str:
        return " ".join(self.cleaned_data["folder"].split())


class MailingListForm(SettingsForm):
    table = "mailing_list"
    new_title = _("New mailing list")

    class Meta:
        model = MailingList
        fields = ["name", "description", "retired"]


class SenderForm(SettingsForm):
    """One for each department: several may have the same name."""

    table = "sender"
    new_title = _("New sender")

    class Meta:
        model = Sender
        fields = ["name", "signature"]
        widgets = {"signature": forms.Textarea(attrs={"rows": 5})}

    def clean_name(self) -> str:
        name = " ".join(one_line(self.cleaned_data["name"]).split())
        if any(sign in name for sign in '<>"@'):
            # Programs would show another address than the one that sends.
            raise forms.ValidationError(_now("Enter a name without “@”, quotes or angle brackets."))
        return name

    def clean_signature(self) -> str:
        signature = self.cleaned_data["signature"].replace("\r\n", "\n").strip()
        if signature and not render_email_html(signature).strip():
            raise forms.ValidationError(_now("Enter a text."))
        return signature
