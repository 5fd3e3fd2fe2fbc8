"""The forms of retention: a rule, the periods of what machines write, and keeping a lead."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import KeptPeriods, Operation
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.records.editing.settings_change import record_settings_change
from crm.records.editing.settings_form import SettingsForm
from leads.models import Lead, Status
from privacy.models import RetentionExemption, RetentionRule
from privacy.permissions import ERASE_PERMISSION


class RetentionRuleForm(SettingsForm):
    """Another status, a shorter time, or erasing instead of deleting asks for confirmation again. Only users who may erase persons
    choose that a rule does."""

    table = RetentionRule.table
    new_title = _("New retention rule")

    class Meta:
        model = RetentionRule
        fields = ["status", "action", "months", "notice_days", "is_active"]
        widgets = {"action": forms.RadioSelect}

    def __init__(self, *arguments: Any, user: User, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        if not user.has_perm(ERASE_PERMISSION) and not self.instance.erases:
            del self.fields["action"]
        taken = RetentionRule.objects.exclude(pk=self.instance.pk).values("status")
        self.fields["status"].queryset = Status.objects.of_leads().exclude(pk__in=taken).in_order()
        self.before = (self.instance.status_id, self.instance.months, self.instance.erases)

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        status, months = data.get("status"), data.get("months")
        if status and months and (status.pk != self.before[0] or months < self.before[1]):
            self.instance.is_confirmed = False
        if data.get("action") == RetentionRule.Action.ERASE and not self.before[2]:
            self.instance.is_confirmed = False
        return data


class KeptPeriodsForm(SettingsForm):
    """While the periods are as delivered, there is no row, and the form has the version 0."""

    table = KeptPeriods.table
    new_title = KeptPeriods._meta.verbose_name
    unmarked = True

    class Meta:
        model = KeptPeriods
        fields = ["calls", "deliveries", "notifications", "import_rows"]

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def write(self, by: User) -> Operation:
        self.instance.version = max(self.instance.version, 1)
        return super().write(by)


class KeepForm(ModelForm):
    class Meta:
        model = RetentionExemption
        fields = ["reason", "until"]
        widgets = {"until": forms.DateInput}

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until <= timezone.localdate():
            raise forms.ValidationError(_now("Enter a day in the future."))
        return until

    def write(self, lead: Lead, by: User) -> Operation:
        with record_settings_change("keep_lead", by=by, lead=lead.pk) as record:
            self.instance.lead, self.instance.by = lead, by
            self.instance.save()
        return record
