"""The form of the company's settings."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.company.base_currency import CHANGED, get_base_currency_obstacle
from crm.models import CompanySettings, Operation
from crm.platform.configuration.base_currency import follow_base_currency, lock_amounts
from crm.platform.configuration.company import forget_company_settings, get_company_currency
from crm.platform.configuration.time_zones import build_time_zone_choices
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_form import SettingsForm


class CompanyForm(SettingsForm):
    """While everything is as delivered, there is no row, and the form has the version 0."""

    table = CompanySettings.table
    new_title = _("Company")
    unmarked = True

    class Meta:
        model = CompanySettings
        fields = ["name", "language", "time_zone", "base_currency", "emails_a_day"]

    def __init__(self, *arguments, **keywords) -> None:
        """What the environment of the server decides is shown as it is, and can't be changed here."""
        super().__init__(*arguments, **keywords)
        for name, value in settings.COMPANY_OVERRIDES.items():
            if value:
                field = self.fields[name]
                field.disabled, field.initial, self.initial[name] = True, value, value
                variable = settings.COMPANY_VARIABLES[name]
                field.help_text = _now("Set by %(variable)s on the server.") % {"variable": variable}
        self.fields["time_zone"].choices = build_time_zone_choices(self.initial["time_zone"])
        self.fields["emails_a_day"].required = False
        self._fix_base_currency()

    def _fix_base_currency(self) -> None:
        """With amounts, the base currency stays what it is, and its field says why."""
        field = self.fields["base_currency"]
        if not field.disabled and (obstacle := get_base_currency_obstacle()):
            field.disabled, field.help_text = True, obstacle

    def clean(self) -> dict[str, Any]:
        """The row keeps its own values: they are in effect again without the variable."""
        data, stored = super().clean(), CompanySettings.get_current()
        overridden = [name for name, value in settings.COMPANY_OVERRIDES.items() if value]
        return data | {name: getattr(stored, name) for name in overridden}

    def clean_base_currency(self) -> str:
        """Whoever is writing an amount right now is waited for, and then counts."""
        currency = self.cleaned_data["base_currency"]
        if currency != self.initial["base_currency"]:
            lock_amounts()
            if obstacle := get_base_currency_obstacle():
                raise ValidationError(obstacle)
        return currency

    def clean_emails_a_day(self) -> int:
        """A page that was opened before the field existed doesn't send it, and leaves it as it is."""
        number = self.cleaned_data["emails_a_day"]
        if number is None and self.add_prefix("emails_a_day") in self.data:
            raise ValidationError(self.fields["emails_a_day"].error_messages["required"])
        return self.instance.emails_a_day if number is None else number

    def after_save(self) -> None:
        forget_company_settings()
        follow_base_currency(get_company_currency())

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def write(self, by) -> Operation:
        """The change is in the audit log too: it concerns all users."""
        before = CompanySettings.get_current()
        self.instance.version = max(self.instance.version, 1)
        record = super().write(by)
        if record.pk is not None and before.base_currency != self.instance.base_currency:
            record.parameters[CHANGED] = [before.base_currency, self.instance.base_currency]
            record.save(update_fields=["parameters"])
        if record.pk is not None:
            states = (self._describe_changed_values(row, before) for row in (before, self.instance))
            write_security_line("company_changed", by=by, before=next(states), after=next(states))
        return record

    def _describe_changed_values(self, row: CompanySettings, before: CompanySettings) -> list[str]:
        """Those that differ from before, like ["name: Acme"], in no language."""
        names = [
            name
            for name in self.base_fields
            if name != "version" and getattr(before, name) != getattr(self.instance, name)
        ]
        return [f"{name}: {getattr(row, name)}" for name in names]
