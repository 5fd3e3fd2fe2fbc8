"""Custom values of all records, the person's aside, in which someone wrote an address or a number of the person."""

from typing import Any

from crm.fields.custom.values.stored_values import model_of
from crm.models import CustomField
from customers.models import Company, Contact, Deal, Request
from leads.models import Lead
from privacy.holders.data_holder import Holder, tell_nothing
from privacy.person import Person
from privacy.spelling_variants import replaced
from privacy.text_search import matching

MODELS: list[Any] = [Lead, Contact, Request, Company, Deal]
Type = CustomField.Type
# A value of these types can't be shortened to something that is still one.
WHOLE = (Type.EMAIL, Type.PHONE, Type.URL)


def erase(person: Person) -> int:
    return sum(_erase_from(model, person) for model in MODELS)


def _erase_from(model: Any, person: Person) -> int:
    pattern, values_of = person.spellings.addresses, model_of(model)
    fields = CustomField._base_manager.filter(table_of=model.table)
    whole = {field.key for field in fields if field.type in WHOLE or field.is_unique}
    own = set(person.ids(model.table))
    count = 0
    for (pk,), found in matching(values_of, ["values"], pattern):
        if pk not in own:
            left = _without(found["values"], whole, pattern)
            count += values_of._base_manager.filter(pk=pk).update(values=left)
    return count


def _without(values: dict[str, Any], whole: set[str], pattern: str) -> dict[str, Any]:
    """An address that is all of a value goes with its field, and so does any part of a unique value, because two records would have
    the same rest."""
    cleared = {key: replaced(pattern, value) for key, value in values.items()}
    return {key: value for key, value in cleared.items() if key not in whole or value == values[key]}


HOLDERS = [Holder(("customers.CompanyValues", "customers.DealValues"), tell_nothing, erase, "mentions")]
