"""Reads the values of a custom field as another type would, as imports read cells: numbers with comma or point, dates,
yes or no in many languages, choices by name."""

from copy import copy
from dataclasses import asdict, dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.custom.values.stored_values import convert_stored_value, get_json_value
from crm.fields.models.custom_field import LONGEST_CHOICE, MOST_CHOICES, CustomField, add_choices
from crm.fields.widgets.value_widgets import get_cell_text
from crm.platform.excel.parsing.name_lists import split_names
from crm.platform.text.text_folding import fold_text
from crm.templatetags.look import number

Type = CustomField.Type
AMOUNTS = (Type.NUMBER, Type.MONEY)
DATES = (Type.DATE, Type.MOMENT)
# Types whose fields can't have a default.
WITHOUT_DEFAULT = (Type.CHOICES, Type.USER, Type.MOMENT, Type.LINK, Type.FILE)
# Types that a field keeps, and that no other field gets: their values are no texts.
FIXED = (Type.LINK, Type.FILE)


@dataclass(frozen=True)
class WantedType:
    """What an administrator asks for: the type, its options, and how texts are read."""

    type: str
    decimals: int = 0
    unit: str = ""
    decimal: str = "."
    day_first: bool = True
    new_choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "new_choices": list(self.new_choices)}

    @classmethod
    def from_arguments(cls, told: dict[str, Any]) -> "WantedType":
        return cls(**{**told, "new_choices": tuple(told["new_choices"])})

    def build_definition(self, row: CustomField) -> CustomField:
        """The definition as it would be; choices that the values need are added while they are read."""
        found = copy(row)
        found.type = self.type
        found.decimals = self.decimals if self.type == Type.NUMBER else 0
        found.unit = self.unit if self.type in AMOUNTS else ""
        found.choices = [dict(choice) for choice in row.choices] if found.has_choices else []
        return found


class TypeConversion:
    """`definition` is the one after the change; it is complete when all values are read."""

    def __init__(self, row: CustomField, wanted: WantedType, user: Any, *, keys: int = 0) -> None:
        """`keys` is the highest number of a choice that the field ever had: a key never gets another meaning."""
        self.wanted, self.user, self.keys = wanted, user, keys
        self.source, self.definition = build_model_field(row), wanted.build_definition(row)
        if self.definition.has_choices:
            known = {fold_text(choice["name"]) for choice in self.definition.choices}
            self._add_choices(
                [name for name in dict.fromkeys(wanted.new_choices) if fold_text(name) not in known]
            )
        self.names = {fold_text(choice["name"]): choice["key"] for choice in self.definition.choices}
        self.target = build_model_field(self.definition)
        self.reader = self.target.type.widget(self.target)
        self.reader.prepare(user, day_first=wanted.day_first, decimal=wanted.decimal)
        self.writer = self.source.type.widget(self.source)
        self.writer.prepare(user)

    @classmethod
    def build_reverse(cls, before: CustomField, row: CustomField, user: Any) -> "TypeConversion":
        """From the type `before` to that of the row, whose choices are completed."""
        found = cls(before, WantedType(type=row.type, decimals=row.decimals, unit=row.unit), user)
        if row.has_choices:
            found.definition.choices = row.choices
            found.names = {fold_text(choice["name"]): choice["key"] for choice in row.choices}
        return found

    def format_stored(self, stored: Any) -> str:
        """A stored value as an Excel file has it."""
        value = convert_stored_value(self.source, stored)
        if isinstance(value, Decimal):
            return format(value, "f")
        if self.source.definition.type == Type.LONG_TEXT or not self.writer.rendering:
            return get_cell_text(value)
        return get_cell_text(self.writer.rendering(value))

    def convert_value(self, stored: Any) -> Any:
        """The value as the new type stores it. Raises ValueError with a sentence if it doesn't fit."""
        text = self.format_stored(stored)
        if not text:
            raise ValueError(_("This value can’t be read."))
        if self.target.definition.has_choices:
            return self._convert_choices(stored, text)
        value = self._parse_text(text)
        found = get_json_value(value)
        if found is None:
            raise ValueError(_("This value can’t be read."))
        return found

    def format_converted(self, stored: Any) -> str:
        """A converted value as pages show it."""
        field = build_model_field(self.definition)
        return field.type.format_value(field, convert_stored_value(field, stored), self.user)

    def convert_default(self) -> str:
        """The default after the change; '' if there is none, or if it doesn't fit."""
        text, old, new = self.source.definition.first_value, self.source.definition.type, self.definition.type
        if not text or new in WITHOUT_DEFAULT:
            return ""
        try:
            found = self.convert_value(text == "yes" if old == Type.YES_NO else text)
        except (ValueError, ValidationError):
            return ""
        return {True: "yes", False: "no"}.get(found, "") if new == Type.YES_NO else str(found)

    def _parse_text(self, text: str) -> Any:
        if self.definition.type in AMOUNTS:
            text = self._strip_unit(text)
        value = self.reader.clean(text)
        if self.definition.type == Type.DATE:
            self._refuse_time(text)
        try:
            found = self.target.clean(value, None)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from None
        if isinstance(value, Decimal) and found != value:
            raise ValueError(_("Enter a whole number."))
        return found

    def _strip_unit(self, text: str) -> str:
        """The number of "12.5 t" or "€ 12.5"."""
        unit, long = fold_text(self.wanted.unit), len(self.wanted.unit)
        if unit and fold_text(text[-long:]) == unit:
            return text[:-long].strip()
        return text[long:].strip() if unit and fold_text(text[:long]) == unit else text

    def _refuse_time(self, text: str) -> None:
        """A date would lose the time."""
        found = self.reader.parse_value(text)
        if isinstance(found, datetime):
            moment = timezone.localtime(found) if timezone.is_aware(found) else found
            if moment.time() != time():
                raise ValueError(_("A date can’t keep the time."))

    def _convert_choices(self, stored: Any, text: str) -> Any:
        several = self.definition.type == Type.CHOICES
        if self.source.definition.has_choices:
            keys = stored if isinstance(stored, list) else [stored]
            if not several and len(keys) > 1:
                raise ValueError(_("This value has several choices."))
            return keys if several else keys[0]
        keys = [
            self._get_choice_key(name)
            for name in (split_names(text, self._has_choice) if several else [text])
        ]
        if not keys:
            raise ValueError(_("This value can’t be read."))
        if not several:
            return keys[0]
        order = {choice["key"]: place for place, choice in enumerate(self.definition.choices)}
        return sorted(set(keys), key=order.__getitem__)

    def _has_choice(self, name: str) -> bool:
        return fold_text(name) in self.names

    def _get_choice_key(self, text: str) -> str:
        name = " ".join(text.split())
        if fold_text(name) not in self.names:
            if len(name) > LONGEST_CHOICE:
                raise ValueError(_("A choice can have up to %(most)s characters.") % {"most": LONGEST_CHOICE})
            if len(self.definition.choices) >= MOST_CHOICES:
                raise ValueError(
                    _("A field can have up to %(most)s choices.") % {"most": number(MOST_CHOICES)}
                )
            self._add_choices([name])
            self.names[fold_text(name)] = self.definition.choices[-1]["key"]
        return self.names[fold_text(name)]

    def _add_choices(self, names: list[str]) -> None:
        add_choices(self.definition.choices, names, after=self.keys)
