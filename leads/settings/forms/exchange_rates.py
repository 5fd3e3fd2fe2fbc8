"""A dated exchange rate: added, changed, removed. Each is an operation; a job updates the leads."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.models import Operation
from crm.platform.configuration.company import get_company_currency
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.records.history.verb_execution import operation
from leads.models import Rate

EARLIEST = date(1970, 1, 1)


class RateForm(ModelForm):
    """A new rate, or another value for an existing one; its currency and day are fixed."""

    # Of the operation: a program fills in the form of the page too.
    channel: str = Operation.Channel.WEB
    currency = forms.ChoiceField(label=_("Currency"))

    class Meta:
        model = Rate
        fields = ["currency", "day", "rate"]
        widgets = {"day": forms.DateInput}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.before: Decimal | None = self.instance.rate
        if self.instance.pk:
            self.initial["rate"] = format_rate(self.instance.rate)
            del self.fields["currency"], self.fields["day"]
        else:
            codes = [
                code for code in Rate.objects.get_available_currencies("") if code != get_company_currency()
            ]
            self.fields["currency"].choices = [("", _("Choose…")), *((code, code) for code in codes)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, currency = data.get("day"), data.get("currency")
        if day and day < EARLIEST:
            self.add_error("day", _now("Enter a date in 1970 or later."))
        elif day and currency and Rate.objects.filter(currency=currency, day=day).exists():
            self.add_error("day", _now("This day already has a rate. Edit that rate instead."))
        return data

    def write(self, by) -> Operation:
        with self._record_change(by, self.cleaned_data["rate"]) as record:
            self.save()
        return record

    def remove(self, by) -> None:
        with self._record_change(by, None):
            Rate.objects.filter(pk=self.instance.pk).delete()

    def _record_change(self, by, rate: Decimal | None):
        """The receipt. Rates aren't in the history: to undo a change, enter the old rate again."""
        values = {"currency": self.instance.currency, "day": self.instance.day.isoformat()}
        return operation(
            "exchange_rate",
            by=by,
            channel=self.channel,
            parameters=values | {"before": format_rate(self.before), "rate": format_rate(rate)},
        )


def format_rate(rate: Decimal | None) -> str:
    """0.86100000 as 0.861."""
    return "" if rate is None else f"{rate.normalize():f}"
