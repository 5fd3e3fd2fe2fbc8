"""What a conversion copied from the leads of a person to the company that it made: the place where they live, and custom texts.

A company that was there before has a place of its own, and a place that another lead has too, such as an office, stays.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from crm.platform.text.text_folding import fold_texts
from crm.records.kinds.erased_persons import NO_VALUES
from customers.models import Company
from customers.models.company import CompanyValues
from leads.models import Lead
from leads.models.lead import LeadValues
from privacy.holders.data_holder import DataHolder, build_no_sections
from privacy.holders.records import get_erased_field_keys
from privacy.person import Person

# The columns of a company that a conversion fills from those of the same name of the lead, and that say where a person lives.
PLACE = ["address", "zip", "city", "state"]
# The companies that were added by the same operations that linked one of the leads to them.
MADE = """
    SELECT DISTINCT made."row" FROM crm_change of_lead JOIN crm_change made ON made.operation_id = of_lead.operation_id
    WHERE of_lead."table" = 'lead' AND of_lead."row" = ANY(%s) AND of_lead.operation_id > 0
      AND made."table" = 'company' AND made.kind = 'insert' AND made."row" = (of_lead.fields->'client_id'->>1)::bigint
"""
EARLIER = """
    SELECT DISTINCT coalesce(said ->> 'file', said #>> '{}') FROM crm_change c, jsonb_each(c.fields), jsonb_array_elements(value) said
    WHERE c."table" = 'lead' AND c."row" = ANY(%s) AND key = ANY(%s)
"""
HISTORY = """
    SELECT id, at, kind, fields::text FROM crm_change WHERE "table" = 'company' AND "row" = ANY(%s) AND fields ?| %s
"""
REWRITE = """UPDATE crm_change SET fields = %s WHERE id = %s AND at = %s"""


@dataclass(frozen=True)
class ConvertedCopies:
    """`said` are folded texts that the leads of the person have or had, by column or custom field of a company."""

    companies: list[int]
    said: dict[str, set[str]]

    @cached_property
    def keys(self) -> list[str]:
        """Of custom fields."""
        return [key for key in self.said if key not in PLACE]

    def is_copy(self, name: str, value: Any) -> bool:
        text = get_copied_text(value)
        return bool(text) and get_address_keys([text]) <= self.said.get(name, set())

    def exclude_copies(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if not self.is_copy(name, value)}

    def exclude_earlier_copies(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a change. A permanently deleted company comes back without them."""
        blank = ["", None] if kind == "delete" else NO_VALUES
        return {
            name: blank if any(self.is_copy(name, value) for value in both) else both
            for name, both in fields.items()
        }


def find_copies(person: Person) -> ConvertedCopies:
    leads = person.get_ids("lead")
    with connection.cursor() as cursor:
        cursor.execute(MADE, [leads])
        companies = sorted(pk for (pk,) in cursor.fetchall())
    if not companies:
        return ConvertedCopies([], {})
    streets = _get_lead_keys(leads, "address")
    others = Lead._base_manager.exclude(pk__in=leads).filter(erased_at=None, address_key__in=streets)
    is_own = streets - set(others.values_list("address_key", flat=True))
    places = {name: _get_lead_keys(leads, name) for name in PLACE if is_own}
    texts = _get_custom_texts(leads)
    return ConvertedCopies(companies, places | dict.fromkeys(get_erased_field_keys("company"), texts))


def get_copied_text(value: Any) -> str:
    """The text of a value, or the name of its file in the store; '' for values that say nothing about whose they are."""
    text = value.get("file") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def get_address_keys(texts: list[str]) -> set[str]:
    length = Lead._meta.get_field("address_key").max_length
    return set(fold_texts([text.strip() for text in texts], length=length).values()) - {""}


def _get_lead_keys(leads: list[int], name: str) -> set[str]:
    rows = Lead._base_manager.filter(pk__in=leads).values_list(name, flat=True)
    return get_address_keys([*rows, *_get_earlier_texts(leads, [name])])


def _get_custom_texts(leads: list[int]) -> set[str]:
    keys = get_erased_field_keys("lead")
    rows = LeadValues._base_manager.filter(pk__in=leads).values_list("values", flat=True)
    present = [get_copied_text(value) for row in rows for key, value in row.items() if key in keys]
    return get_address_keys([*present, *_get_earlier_texts(leads, keys)])


def _get_earlier_texts(leads: list[int], names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, [leads, names])
        return [said for (said,) in cursor.fetchall() if said]


def erase(person: Person) -> int:
    """Before the leads are emptied, because they say what is a copy."""
    copies = find_copies(person)
    count = 0
    for row in Company._base_manager.filter(pk__in=copies.companies):
        found = [name for name in PLACE if copies.is_copy(name, getattr(row, name))]
        if found:
            Company._base_manager.filter(pk=row.pk).update(**dict.fromkeys(found, ""))
            count += 1
    for own in CompanyValues._base_manager.filter(pk__in=copies.companies):
        left = copies.exclude_copies(own.values)
        if left != own.values:
            CompanyValues._base_manager.filter(pk=own.pk).update(values=left)
            count += 1
    return count + _erase_history(copies)


def _erase_history(copies: ConvertedCopies) -> int:
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, [copies.companies, [*PLACE, *copies.keys]])
        for pk, at, kind, text in cursor.fetchall():
            fields = json.loads(text)
            left = copies.exclude_earlier_copies(kind, fields)
            if left != fields:
                cursor.execute(REWRITE, [json.dumps(left), pk, at])
                count += 1
    return count


HOLDERS = [DataHolder(("customers.Company",), build_no_sections, erase, "copies")]
