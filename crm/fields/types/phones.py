"""Phone numbers in normalized form, "+40722123456", next to the text as typed."""

from functools import cache, lru_cache
from typing import Any

import phonenumbers
from django.db.models import Model

from crm.fields.types.field_type import get_field_type
from crm.fields.types.texts import Phone


# An import asks for the phones of 1,000 rows twice: to find their records, and to write them.
@lru_cache(maxsize=5_000)
def normalize_phone(text: str, country: str = "") -> str:
    """The number in E.164, or '' if no such number exists.

    `country` is the department's ISO code, for numbers without a country code. Extensions are dropped.
    """
    text = text.strip()
    if not text:
        return ""
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def get_phone_field_names(model: type[Model]) -> tuple[str, ...]:
    """The names of the phone fields."""
    return _get_phone_names(model._meta)


@cache
def _get_phone_names(meta: Any) -> tuple[str, ...]:
    return tuple(
        field.name for field in meta.local_concrete_fields if isinstance(get_field_type(field), Phone)
    )


def normalize_phones(model: type[Model], values: dict, country: str = "") -> dict:
    """The normalized forms of the phones among these values, by column."""
    phones = [name for name in get_phone_field_names(model) if name in values]
    return {f"{name}_normal": normalize_phone(values[name] or "", country) for name in phones}
