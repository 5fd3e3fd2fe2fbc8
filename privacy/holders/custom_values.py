"""Custom values of all records, the person's aside, in which someone wrote an address or a number of the person."""

from typing import Any

from crm.fields.custom.values.stored_values import get_values_model
from crm.models import CustomField
from customers.models import Company, Contact, Deal, Request
from leads.models import Lead
from privacy.holders.data_holder import DataHolder, build_no_sections
from privacy.person import Person
from privacy.spelling_variants import erase_pattern
from privacy.text_search import find_matching_rows

MODELS: list[Any] = [Lead, Contact, Request, Company, Deal]
Type = CustomField.Type
# A value of these types can't be shortened to something that is still one.
WHOLE = (Type.EMAIL, Type.PHONE, Type.URL)


def erase(person: Person) -> int:
    return sum(_erase_custom_values(model, person) for model in MODELS)


def _erase_custom_values(model: Any, person: Person) -> int:
    pattern, values_of = person.spellings.addresses_pattern, get_values_model(model)
    fields = CustomField._base_manager.filter(table_of=model.table)
    whole = {field.key for field in fields if field.type in WHOLE or field.is_unique}
    own = set(person.get_ids(model.table))
    count = 0
    for (pk,), found in find_matching_rows(values_of, ["values"], pattern):
        if pk not in own:
            left = _erase_pattern_in_values(found["values"], whole, pattern)
            count += values_of._base_manager.filter(pk=pk).update(values=left)
    return count


def _erase_pattern_in_values(values: dict[str, Any], whole: set[str], pattern: str) -> dict[str, Any]:
    """An address that is all of a value goes with its field, and so does any part of a unique value, because two records would have
    the same rest."""
    cleared = {key: erase_pattern(pattern, value) for key, value in values.items()}
    return {key: value for key, value in cleared.items() if key not in whole or value == values[key]}


HOLDERS = [
    DataHolder(("customers.CompanyValues", "customers.DealValues"), build_no_sections, erase, "mentions")
]
