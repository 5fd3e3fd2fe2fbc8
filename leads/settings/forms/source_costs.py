"""The costs of a source: one entry per month, in the base currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _now

from crm.models import Operation
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.platform.web.rendering.month_input import MonthField
from crm.records.editing.settings_change import record_settings_change
from leads.models import Source, SourceCost


class CostForm(ModelForm):
    """A new entry, or another amount for an existing one. Its month is fixed: to move it, remove it and add another."""

    # Of the operation: a program fills in the form of the page too.
    channel: str = Operation.Channel.WEB
    month = MonthField()

    class Meta:
        model = SourceCost
        fields = ["month", "amount"]

    def __init__(self, *arguments, source: Source, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.source, self.before = source, self.instance.amount
        if self.instance.pk:
            del self.fields["month"]

    def clean_month(self) -> date:
        month = self.cleaned_data["month"]
        if SourceCost.objects.filter(source=self.source, month=month).exists():
            raise forms.ValidationError(_now("This month already has a cost. Edit that entry instead."))
        return month

    def write(self, by) -> Operation:
        self.instance.source = self.source
        with self._record_change(by, self.cleaned_data["amount"]) as record:
            self.save()
        return record

    def remove(self, by) -> Operation:
        with self._record_change(by, None) as record:
            SourceCost.objects.filter(pk=self.instance.pk).delete()
        return record

    def _record_change(self, by, after: Decimal | None):
        texts = {"before": str(self.before or ""), "after": "" if after is None else str(after)}
        month = self.instance.month.isoformat()
        return record_settings_change(
            "source_cost", by=by, channel=self.channel, rows=[self.source.pk], month=month, **texts
        )


@dataclass(frozen=True)
class Year:
    """A source's costs in one year, latest month first."""

    year: int
    entries: list[SourceCost]

    @property
    def total(self) -> Decimal:
        return sum((entry.amount for entry in self.entries), Decimal(0))


def group_costs_by_year(source: Source) -> list[Year]:
    entries = list(source.costs.newest_first())
    years = sorted({entry.month.year for entry in entries}, reverse=True)
    return [Year(year, [entry for entry in entries if entry.month.year == year]) for year in years]
