"""What a user is told who has just saved one record: what changed in it, as far as they still see it."""

import pytest

from crm.models import Operation
from crm.records.history import visible_operations
from crm.records.history.change_summary import SingleChange
from crm.records.history.timeline import FieldChange
from crm.records.history.visible_operations import describe_what_was_saved

CITY = FieldChange("city", "City", "Cluj", "Arad")
NAME = FieldChange("first_name", "First name", "Ana", "Eva")
CUSTOM, OTHER = FieldChange("c7", "Plan", "", "Gold"), FieldChange("c8", "Size", "1", "2")


def saved(*fields: FieldChange) -> SingleChange:
    return SingleChange("Ana Pop", "/admin/leads/7", fields=[*fields])


SAVED = {
    "one field": ("lead", saved(CITY), "Saved. City of Ana Pop changed from Cluj to Arad."),
    "a field that was empty": ("lead", saved(CUSTOM), "Saved. Plan of Ana Pop is now Gold."),
    "a field that is empty now": (
        "lead", saved(FieldChange("city", "City", "Cluj", "")), "Saved. City of Ana Pop is now empty.",
    ),
    "a record that was assigned for the first time": (
        "lead", saved(FieldChange("owner_id", "Owner", "", "Ben", "Unassigned")),
        "Saved. Owner of Ana Pop changed from Unassigned to Ben.",
    ),
    "a record that is no longer assigned": (
        "lead", saved(FieldChange("owner_id", "Owner", "Ben", "", "Unassigned")),
        "Saved. Owner of Ana Pop changed from Ben to Unassigned.",
    ),
    "a long value is cut": (
        "lead", saved(FieldChange("city", "City", "", "x" * 41)), f"Saved. City of Ana Pop is now {'x' * 39}….",
    ),
    "a value of forty letters": (
        "lead", saved(FieldChange("city", "City", "", "x" * 40)), f"Saved. City of Ana Pop is now {'x' * 40}.",
    ),
    "two fields, in the order of the record's own": (
        "lead", saved(CITY, NAME), "Saved. “First name” and “City” of Ana Pop have changed.",
    ),
    "custom fields come last, as they were written": (
        "lead", saved(OTHER, CUSTOM, CITY), "Saved. “City”, “Size” and “Plan” of Ana Pop have changed.",
    ),
    "no field of the record, such as a note": ("lead", saved(), "Saved."),
    "a record that the user no longer sees": ("lead", None, "Saved."),
    "no record": ("status", saved(CITY), "Saved."),
}  # fmt: skip


@pytest.mark.parametrize(("table", "single", "words"), SAVED.values(), ids=SAVED)
def test_what_was_saved(table, single, words, monkeypatch):
    record = Operation(pk=7, table=table, changed=1)
    found = {} if single is None else {7: single}
    monkeypatch.setattr(visible_operations, "get_single_record_changes", lambda records, user: found)
    assert describe_what_was_saved(record, None) == words
