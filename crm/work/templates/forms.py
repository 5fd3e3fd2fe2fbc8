"""The form of a template, and choosing one in a form for a note or an email."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.types.texts import one_line
from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from crm.records.editing.settings_form import SettingsForm
from crm.work.models.template import Template
from crm.work.templates.merge_fields import FIELDS, find_unknown_fields
from crm.work.templates.template_verbs import get_change_kind


class TemplateForm(SettingsForm):
    table = "template"
    new_title = _("New template")
    shared = forms.BooleanField(
        label=_("Shared with everyone"), required=False, help_text=_("Otherwise only you can use it.")
    )

    class Meta:
        model = Template
        fields = ["name", "type", "subject", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}

    def __init__(self, *arguments, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        kinds = [(value, capfirst(label)) for value, label in Template.Type.choices]
        self.fields["type"].choices = [("", _("Choose…")), *kinds]
        if user.has_perm(Template.get_right("change")):
            self.initial["shared"] = not self.is_new and self.instance.is_shared
        else:
            del self.fields["shared"]

    def same_names_queryset(self):
        return Template.objects.active().visible_to(self.user)

    def clean_subject(self) -> str:
        return self._clean_merge_fields(one_line(self.cleaned_data["subject"]))

    def clean_text(self) -> str:
        return self._clean_merge_fields(self.cleaned_data["text"].replace("\r\n", "\n"))

    def _clean_merge_fields(self, text: str) -> str:
        if names := find_unknown_fields(text):
            raise ValidationError(
                _now("There is no merge field %(names)s. Use one of these: %(known)s.")
                % {
                    "names": ", ".join(f"{{{name}}}" for name in names),
                    "known": ", ".join(f"{{{name}}}" for name in FIELDS),
                }
            )
        return text

    def write(self, by) -> Operation:
        shared = self.cleaned_data.get("shared", not self.is_new and self.instance.is_shared)
        was_shared = not self.is_new and self.instance.is_shared
        if shared:
            self.instance.owner = None
        elif self.is_new or was_shared:
            self.instance.owner = by
        if self.instance.type == Template.Type.NOTE:
            self.instance.subject = ""
        kind = get_change_kind("add" if self.is_new else "edit", shared=shared or was_shared)
        with record_settings_change(kind, by=by, channel=self.channel) as record:
            self.save()
            record.parameters["rows"] = [self.instance.pk]
        return record
