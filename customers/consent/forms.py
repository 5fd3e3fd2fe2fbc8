"""The forms of consent: its purposes and texts in Settings, and recording it on the page of a record."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.configuration.company import get_company_language
from crm.platform.web.rendering.day_input import DayInput
from crm.platform.web.rendering.form_rendering import Form, ModelForm
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_form import SettingsForm
from customers.consent.consent_recording import (
    ConsentEntry,
    Source,
    get_or_create_version,
    record_consents_of_records,
)
from customers.models import ConsentPurpose, ConsentText

GIVEN, WITHDRAWN = "given", "withdrawn"
# Of a consent of an earlier day, only the day is known.
NOON = time(12)


class ConsentPurposeForm(SettingsForm):
    table = ConsentPurpose.table
    new_title = _("New purpose of consent")

    class Meta:
        model = ConsentPurpose
        fields = ["name", "is_newsletter", "retired"]


class ConsentTextForm(ModelForm):
    """Another text is another version; the same text stays the same version."""

    class Meta:
        model = ConsentText
        fields = ["language", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.initial["language"] = self.initial.get("language") or get_company_language()

    def clean_text(self) -> str:
        return self.cleaned_data["text"].replace("\r\n", "\n").replace("\0", "").strip()

    def write(self, purpose: ConsentPurpose, by: User) -> ConsentText:
        data = self.cleaned_data
        version = get_or_create_version(purpose, data["language"], data["text"], by=by)
        write_security_line("consent_text_added", purpose=purpose.name)
        return version


class RecordConsentForm(Form):
    """What a person told a user. The time can be earlier, but not in the future."""

    purpose = forms.ModelChoiceField(ConsentPurpose.objects.none(), label=_("Purpose"))
    state = forms.ChoiceField(
        label=_("Consent"),
        choices=[(GIVEN, _("Given")), (WITHDRAWN, _("Withdrawn"))],
        initial=GIVEN,
        widget=forms.RadioSelect,
    )
    text = forms.ModelChoiceField(
        ConsentText.objects.none(),
        label=_("Text that the person agreed to"),
        required=False,
        help_text=_("Choose it if the person has read or heard one of these texts."),
    )
    on = forms.DateField(label=_("Date"), widget=DayInput(looks_back=True))
    about = forms.CharField(
        label=_("How it was given"),
        max_length=300,
        help_text=_("Such as “On the phone on Monday” or “Signed form at the fair”."),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        purposes = ConsentPurpose.objects.active().by_name()
        self.fields["purpose"].queryset = purposes
        texts = ConsentText.objects.filter(purpose__in=purposes).select_related("purpose").newest_first()
        self.fields["text"].queryset = texts
        self.fields["text"].label_from_instance = get_text_label
        self.initial.setdefault("on", timezone.localdate())

    @property
    def allows_newsletters(self) -> bool:
        return self.cleaned_data["state"] == GIVEN and self.cleaned_data["purpose"].is_newsletter

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_now("Enter today or an earlier day."))
        return self.cleaned_data["on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text, purpose = data.get("text"), data.get("purpose")
        if text and purpose and text.purpose_id != purpose.pk:
            self.add_error("text", _now("Choose a text of this purpose."))
        return data

    def write(self, record: Any, by: User) -> None:
        data, now = self.cleaned_data, timezone.localtime()
        noon = timezone.make_aware(datetime.combine(data["on"], NOON))
        at = now if data["on"] == now.date() else noon
        given = data["state"] == GIVEN
        entry = ConsentEntry(data["purpose"], given, Source.USER, data["about"], data["text"], at, by)
        record_consents_of_records(record.table, [record.pk], entry)


def get_text_label(row: ConsentText) -> str:
    words = _now("%(purpose)s, %(language)s, version %(number)s: %(text)s")
    start = " ".join(row.text.split())[:80]
    return words % {
        "purpose": row.purpose.name,
        "language": row.get_language_display(),
        "number": row.number,
        "text": start,
    }
