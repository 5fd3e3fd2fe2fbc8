"""Two hundred custom fields: no page and no answer of the API asks the database more often because of them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.fields.models.custom_field import MOST_FIELDS
from crm.models import CustomField
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from tests.examples import one_in

TYPES = [name for name in CustomField.Type.values if name != "formula"]
PAGES = {
    "list": "?q=omnia&vip=yes",
    "filters": "/filter/add",
    "page": "/{pk}",
    "form": "/{pk}/edit",
    "export": "/export",
}


def define(table: str, number: int) -> list[CustomField]:
    """So many fields of all types in turn."""
    choices = [{"key": f"o{place}", "name": f"Choice {place}"} for place in range(1, 4)]
    made = [
        CustomField(
            table_of=table,
            name=f"Field {place}",
            type=TYPES[place % len(TYPES)],
            choices=choices if "choice" in TYPES[place % len(TYPES)] else [],
            position=place,
            links_to="company" if TYPES[place % len(TYPES)] == "link" else "",
        )
        for place in range(CustomField.objects.count(), number)
    ]
    with operation("test", by=None):
        return CustomField.objects.bulk_create(made)


def queries_of(read: Callable[[], object]) -> int:
    """Of the second time: the first one may read the definitions."""
    read()
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


@pytest.fixture(params=["lead", "company"])
def record(request, ada, make_lead, make_company):
    """A record with a custom value of each type that takes a text."""
    kind = KINDS[request.param]
    row = make_lead(owner=ada) if kind.name == "lead" else make_company(owner=ada)
    text = next(row for row in define(kind.name, len(TYPES)) if row.type == "text")
    carry_out(kind.edit({text.key: "Botany"}), kind.model.objects.filter(pk=row.pk), by=ada)
    return kind, row


@pytest.mark.parametrize("page", one_in(2, PAGES))
def test_a_page_makes_the_same_queries_for_two_hundred_fields(record, page, ada, sign_in):
    kind, row = record
    browser, address = sign_in(ada), kind.get_url("list") + PAGES[page].format(pk=row.pk)
    before = queries_of(lambda: browser.get(address))
    define(kind.name, MOST_FIELDS)
    assert queries_of(lambda: browser.get(address)) == before
    assert browser.get(address).status_code == 200
