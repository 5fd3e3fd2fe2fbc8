"""The lead that a row of a file describes before it is written: whether it may be won, and which company it is linked to,
is decided by it."""

from typing import Any

import pytest

from leads.imports.lead_import import _build_unsaved_lead

# The values of the row, the lead that it changes, and what the lead has then.
LEADS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any]]] = {
    "a new lead": (
        {"company": "Acme", "department_id": 5}, None, {"company": "Acme", "department_id": 5, "email": ""},
    ),
    "a lead that the row leaves as it is": (
        {}, {"company": "Acme", "department": 5}, {"company": "Acme", "department_id": 5},
    ),
    "a lead that the row changes": (
        {"company": "Beta", "department_id": 6},
        {"company": "Acme", "department": 5, "email": "a@a.example"},
        {"company": "Beta", "department_id": 6, "email": "a@a.example"},
    ),
    "a lead without a company": ({}, {"company": None, "department": 5}, {"company": ""}),
    "what isn't asked for": ({"description": "x"}, None, {"description": ""}),
    "a custom field of the row": ({"c1": "Gold"}, None, {"c1": "Gold"}),
    "a custom field of the lead": ({}, {"c1": "Gold"}, {"c1": "Gold"}),
    "a custom field that the row changes": ({"c1": "Silver"}, {"c1": "Gold"}, {"c1": "Silver"}),
    "a custom field that the row empties": ({"c1": None}, {"c1": "Gold"}, {"c1": None}),
}  # fmt: skip


@pytest.mark.parametrize(("values", "record", "has"), LEADS.values(), ids=LEADS)
def test_the_lead_of_a_row(values, record, has):
    lead = _build_unsaved_lead(0, values, record)
    assert {name: getattr(lead, name) for name in has} == has


def test_the_number_of_a_lead_says_which_row_it_is():
    assert [_build_unsaved_lead(place, {}, None).pk for place in range(3)] == [-1, -2, -3]
