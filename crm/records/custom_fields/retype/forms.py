"""The form that asks for a field's new type and its options, with a proposal made from the values."""

from itertools import islice
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.values.type_conversion import AMOUNTS, DATES, FIXED, TypeConversion, WantedType
from crm.fields.models.custom_field import LONGEST_CHOICE, MOST_CHOICES
from crm.models import CustomField
from crm.platform.excel.parsing.date_parsing import DAY_ORDERS
from crm.platform.excel.parsing.day_order import guess_day_first
from crm.platform.excel.parsing.number_parsing import (
    DECIMALS,
    MOST_DECIMALS,
    count_decimals,
    guess_decimal_separator,
)
from crm.platform.web.rendering.form_rendering import Form
from crm.records.custom_fields.retype.type_change import build_conversion, count_distinct_values

Type = CustomField.Type
LONGEST_UNIT = 20
# The proposal is made from so many different values.
LOOKED_AT = 1_000
CHOICES = (Type.CHOICE, Type.CHOICES)


class RetypeForm(Form):
    """The first step asks for the type alone; the page then asks for the options of this type, with a proposal."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # The type for which the page has shown the options.
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    type = forms.ChoiceField(label=_("New type"))
    decimals = forms.IntegerField(
        label=_("decimal places"), required=False, min_value=0, validators=[MaxValueValidator(MOST_DECIMALS)]
    )
    unit = forms.CharField(
        label=_("unit"),
        required=False,
        max_length=LONGEST_UNIT,
        help_text=_(
            "Removed from the end or the beginning of each value and shown after the number, such as kg or %."
        ),
    )
    decimal = forms.ChoiceField(label=_("Number format in text values"), required=False, choices=DECIMALS)
    day_order = forms.ChoiceField(label=_("Date format in text values"), required=False, choices=DAY_ORDERS)
    new_choices = forms.CharField(
        label=_("more choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The choices are made from the values. You can add more, one per line."),
    )

    def __init__(self, data: Any, *, row: CustomField, user: Any) -> None:
        """`data` are the answers so far; with a type alone, the proposal for it is taken as the other answers."""
        self.row, self.user = row, user
        chosen = data.get("type", "")
        self.chosen = chosen if chosen in dict(get_target_types(row)) else ""
        if self.chosen and data.get("asked") != chosen:
            data = {"type": chosen, "asked": chosen, **self.build_proposal()}
        super().__init__(data if chosen else None)
        self.fields["type"].choices = [("", _("Choose…")), *get_target_types(row)]
        for name in set(self.fields).difference(self._get_field_names()):
            del self.fields[name]

    def _get_field_names(self) -> set[str]:
        """The fields that the type has."""
        names = {"version", "asked", "type"}
        if self.chosen in AMOUNTS:
            names |= {"unit", "decimal"}
        if self.chosen == Type.NUMBER:
            names.add("decimals")
        if self.chosen in DATES:
            names.add("day_order")
        if self.chosen in CHOICES:
            names.add("new_choices")
        return names

    def build_proposal(self) -> dict[str, Any]:
        """Options that fit the most frequent values."""
        conversion = build_conversion(self.row, WantedType(type=self.chosen), self.user)
        texts = [
            conversion.format_stored(stored)
            for stored, _records in islice(count_distinct_values(self.row), LOOKED_AT)
        ]
        unit = self.row.unit if self.row.type in AMOUNTS else get_common_unit(texts)
        numbers = [text.removesuffix(unit).strip() for text in texts]
        separator = guess_decimal_separator(numbers) or formats.get_format("DECIMAL_SEPARATOR")
        return {
            "unit": unit,
            "decimal": separator,
            "decimals": count_decimals(numbers, separator),
            "day_order": "month" if self._guess_day_first(conversion) is False else "day",
        }

    def _guess_day_first(self, conversion: TypeConversion) -> bool | None:
        """All dates are looked at: only the last one may show the order."""
        if self.chosen not in DATES:
            return None
        return guess_day_first(
            conversion.format_stored(stored) for stored, _records in count_distinct_values(self.row)
        )

    def clean_new_choices(self) -> tuple[str, ...]:
        names = [
            " ".join(line.split()) for line in self.cleaned_data["new_choices"].splitlines() if line.strip()
        ]
        if any(len(name) > LONGEST_CHOICE for name in names):
            words = _now("A choice can have up to %(most)s characters.")
            raise forms.ValidationError(words % {"most": LONGEST_CHOICE})
        if len(names) > MOST_CHOICES:
            raise forms.ValidationError(_now("Enter at most %(most)s choices.") % {"most": MOST_CHOICES})
        return tuple(names)

    @property
    def has_targets(self) -> bool:
        """Whether the field can get another type at all."""
        return bool(get_target_types(self.row))

    @property
    def outdated(self) -> str:
        """Why the preview no longer applies, or ''."""
        if self.cleaned_data.get("version") == self.row.version:
            return ""
        return _now("The field was changed in the meantime. Nothing was changed. Check the values again.")

    def get_answers(self) -> dict[str, str]:
        """What was chosen, as the form takes it."""
        return {name: str(self.data.get(name, "")) for name in self.fields} | {
            "version": str(self.row.version)
        }

    def build_wanted_type(self) -> WantedType:
        data = self.cleaned_data
        return WantedType(
            type=data["type"],
            decimals=data.get("decimals") or 0,
            unit=data.get("unit", ""),
            decimal=data.get("decimal") or ".",
            day_first=data.get("day_order") != "month",
            new_choices=data.get("new_choices", ()),
        )


def get_target_types(row: CustomField) -> list[tuple[str, Any]]:
    """The types that a field can get; none for a type that a field keeps."""
    if row.type in FIXED:
        return []
    others = [choice for choice in Type.choices if choice[0] not in (row.type, Type.FORMULA, *FIXED)]
    return [(value, capfirst(label)) for value, label in others]


def get_common_unit(texts: list[str]) -> str:
    """What all these texts have after a number, such as "t" in "12.5 t"; '' if they differ."""
    ends = {text.lstrip("+-0123456789., \u00a0\u202f") for text in texts}
    unit = ends.pop() if len(ends) == 1 else ""
    return unit if len(unit) <= LONGEST_UNIT else ""
