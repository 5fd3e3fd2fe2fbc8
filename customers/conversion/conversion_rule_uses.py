"""Whether the rules of conversion copy a custom field: the pages that delete or retire it or change its type say so."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.custom.values.type_conversion import TypeConversion
from crm.models import CustomField
from crm.records.kinds.record_uses import Retirement, Uses
from customers.models import ConversionRules


def find_rules_copying(record: Any, viewer: User) -> list[Uses]:
    """Deleting, retiring and changing the type all end the copying."""
    if isinstance(record, Retirement):
        record = record.of
    if isinstance(record, TypeConversion):
        record = record.source.definition
    if not isinstance(record, CustomField) or not is_mapped(
        record.key, ConversionRules.get_current().mapping
    ):
        return []
    words = _("Converting a lead copies a value from or to this field. It will no longer be copied")
    if viewer is None or not viewer.has_perm(ConversionRules.get_right("change")):
        return [Uses(words)]
    return [Uses(words, [(_("Conversion"), reverse("conversion:rules"))])]


def is_mapped(key: str, mapping: dict[str, dict[str, str]]) -> bool:
    return key in mapping or any(key in targets.values() for targets in mapping.values())
