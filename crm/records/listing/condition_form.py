"""The form for one condition: an operator, and what it compares with. What is typed may be written in the reader's way."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.amount_input import AmountInput
from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.operators import MAX_OPERAND_LENGTH, OPERATOR_SEPARATOR
from crm.fields.conditions.periods import looks_back
from crm.fields.conditions.ranges import RANGE_SEPARATOR, DayOrMoment, TypedDayOrMoment
from crm.fields.types.field_type import get_field_type
from crm.fields.types.record_links import Link, RecordInput
from crm.platform.web.rendering.day_input import DayInput, DayOrMomentInput
from crm.platform.web.rendering.form_rendering import Form, prepare_widgets
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.conditions import get_conditions_by_parameter, get_custom_conditions
from crm.records.listing.filter_alternatives import build_query_dict


class ConditionForm(Form):
    """The fields that an operator doesn't ask for are ignored; without scripts and styles, the page shows them all."""

    operator = forms.ChoiceField(label=gettext_lazy("Condition"), required=False)

    def __init__(self, kind: Kind, name: str, data: QueryDict | None, now: QueryDict, *, user: Any) -> None:
        """`now` is the condition that the form changes, if any."""
        self.now = now
        self.operators: dict[str, Operator] = {}
        for field, operator in (
            get_conditions_by_parameter(kind) | get_custom_conditions(kind, user)
        ).values():
            if field.name == name:
                self.field, self.operators[operator.name] = field, operator
        super().__init__(data, initial=self._get_current_values())
        self.fields["operator"].choices = [(key, operator.label) for key, operator in self.operators.items()]
        for asked in dict.fromkeys(operator.asks for operator in self.operators.values()):
            self.fields |= _build_operand_fields(asked, self.operators.values())
        self._suggest_records(user)
        # The condition that is already chosen is right most often.
        next(iter(list(self.fields.values())[1:])).widget.attrs["autofocus"] = True
        prepare_widgets(self)

    def _suggest_records(self, user: Any) -> None:
        """Of a link, suggest the records that the user sees; without JavaScript, the name or the number is typed."""
        linked = self.field.related_model if isinstance(get_field_type(self.field), Link) else None
        if linked and user.has_perm(linked.get_right("view")):
            self.fields["text"].widget = RecordInput()
            self.fields["text"].widget.table = linked.table

    @property
    def label(self) -> str:
        return str(self.field.verbose_name)

    def _get_current_values(self) -> dict[str, Any]:
        for name, operator in self.operators.items():
            text = self.now.get(f"{self.field.name}{OPERATOR_SEPARATOR}{name}", "")
            if text:
                first, _dots, last = text.partition(RANGE_SEPARATOR)
                ends = {f"{operator.asks}_first": first, f"{operator.asks}_last": last}
                return {"operator": name, operator.asks: text, **ends}
        return {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        operator = self.operators.get(cleaned.get("operator", ""))
        if operator is None:
            if not self.errors:
                self.add_error("operator", _("Choose a condition."))
            return cleaned
        asks = operator.asks
        if asks in ("numbers", "days"):
            ends = [_format_for_url(cleaned.get(f"{asks}_{end}")) for end in ("first", "last")]
            text = RANGE_SEPARATOR.join(ends) if any(ends) else ""
            asks = f"{asks}_first"
        else:
            text = "yes" if asks == "nothing" else _format_for_url(cleaned.get(asks))
        if not text and not self.errors:
            self.add_error(asks, _("Enter a value."))
        elif text and not self.errors:
            self._check_operand(operator, text, asks)
        cleaned["text"] = text
        return cleaned

    def _check_operand(self, operator: Operator, text: str, asks: str) -> None:
        try:
            operator.value().clean(text)
        except forms.ValidationError as error:
            self.add_error(asks if asks in self.fields else None, error)

    @property
    def part(self) -> QueryDict:
        """The condition as a part of a URL."""
        name = f"{self.field.name}{OPERATOR_SEPARATOR}{self.cleaned_data['operator']}"
        return build_query_dict({name: [self.cleaned_data["text"]]})


def _format_for_url(value: Any) -> str:
    """As a URL has it: independent of the reader's language."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _build_operand_fields(asked: str, operators: Iterable[Operator]) -> dict[str, forms.Field]:
    # Points in time are compared with a time too.
    moments = any(isinstance(operator.value(), DayOrMoment) for operator in operators)
    widget = (DayOrMomentInput if moments else DayInput)(looks_back=_look_back(operators))
    day: Any = partial(TypedDayOrMoment if moments else forms.DateField, required=False, widget=widget)
    if asked == "text":
        return {
            "text": forms.CharField(
                label=gettext_lazy("Value"), max_length=MAX_OPERAND_LENGTH, required=False
            )
        }
    if asked == "number":
        return {"number": _build_amount_field(gettext_lazy("Value"))}
    if asked == "numbers":
        return {
            "numbers_first": _build_amount_field(gettext_lazy("From")),
            "numbers_last": _build_amount_field(gettext_lazy("To")),
        }
    if asked == "day":
        return {"day": day(label=gettext_lazy("Date"))}
    if asked == "days":
        return {
            "days_first": day(label=gettext_lazy("From")),
            "days_last": day(label=gettext_lazy("To")),
        }
    if asked == "period":
        period = next(operator for operator in operators if operator.asks == "period").value()
        period.label = gettext_lazy("Period")
        return {"period": period}
    return {}


def _look_back(operators: Iterable[Operator]) -> bool:
    asked: list[Any] = [operator.value() for operator in operators if operator.asks == "period"]
    return all(looks_back(name for name, _label in field.choices) for field in asked)


def _build_amount_field(label: Any) -> forms.Field:
    return AmountInput(label=label, required=False, max_digits=24, decimal_places=6)
