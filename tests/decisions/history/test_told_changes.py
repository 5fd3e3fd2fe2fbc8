"""Which fields of a recorded change its readers are told of, and what was there before and after, as text."""

from types import SimpleNamespace
from typing import Any

import pytest

from crm.fields.custom.values.field_registry import build_model_field
from crm.models import Change, CustomField, Task
from crm.records.history import timeline
from crm.records.history.timeline import build_changes_in_words, get_word_for_empty
from customers.models import Company
from leads.models import Lead, Status

OPERATORS, MANAGERS = 1, 2


def build_field(pk: int, name: str, *roles: int) -> Any:
    """A custom field of leads that these roles see, or all."""
    found = build_model_field(CustomField(pk=pk, table_of="lead", name=name, type="text", roles=[*roles]))
    found.earlier, found.below = [], []
    return found


OWN = {
    "lead": [build_field(1, "Plan"), build_field(2, "Margin", MANAGERS), build_field(3, "Size", OPERATORS)]
}
pytestmark = pytest.mark.django_db
EVE = SimpleNamespace(pk=1, role_ids=[OPERATORS])
DELETED = Change.Kind.DELETE


def change(kind: str = "update", **fields: Any) -> Change:
    return Change(pk=1, row=7, version=2, kind=kind, fields=fields)


# The model, the change, and its lines. Eve is an operator.
LINES: dict[str, tuple[Any, Change, list[str]]] = {
    "a field": (Lead, change(city=["Arad", "Cluj"]), ["City: Arad → Cluj"]),
    "two fields": (
        Lead, change(city=["Arad", "Cluj"], vip=[False, True]), ["City: Arad → Cluj", "VIP: no → yes"],
    ),
    "a field that was empty": (Lead, change(city=["", "Cluj"]), ["City:  → Cluj"]),
    "a yes-or-no field of a record that was deleted permanently": (
        Lead, change(DELETED, vip=[True, None]), ["VIP: yes → "],
    ),
    "a field of an erased person": (Lead, change(city=[None, None]), ["City: erased → erased"]),
    "a number that isn't one": (Lead, change(score=["many", 7]), ["Score: many → 7"]),
    "who added a record, and when": (Lead, change(created_by_id=[None, 1], created_at=[None, "x"]), []),
    "that a person was erased": (Lead, change(erased_at=[None, "2026-03-03T08:12:00+00:00"]), []),
    "what the type of record never tells": (
        Lead, change(city=["Arad", "Cluj"], status_since=[None, "x"]), ["City: Arad → Cluj"],
    ),
    "what only another type of record never tells": (Task, change(done_by_id=[None, 1], title=["A", "B"]), ["Task: A → B"]),
    "the comparable form of a phone number": (
        Lead, change(phone=["1", "2"], phone_normal=["+1", "+2"]), ["Phone: 1 → 2"],
    ),
    "a column that no longer exists": (Lead, change(fax=["1", "2"]), []),
    "a change of nothing": (Lead, change(), []),
    "a custom field of all roles": (Lead, change(c1=["", "Gold"]), ["Plan:  → Gold"]),
    "a custom field that her role sees": (Lead, change(c3=["", "9"]), ["Size:  → 9"]),
    "a custom field that other roles see": (Lead, change(c2=["", "Gold"], city=["Arad", "Cluj"]), ["City: Arad → Cluj"]),
    "a custom field of another type of record": (Company, change(c1=["", "Gold"]), []),
    "a status, which is no record": (Status, change(name=["New", "Fresh"]), ["Label: New → Fresh"]),
}  # fmt: skip


@pytest.mark.parametrize(("model", "recorded", "lines"), LINES.values(), ids=LINES)
def test_what_a_change_tells(model, recorded, lines, monkeypatch):
    monkeypatch.setattr(timeline, "get_all_custom_fields", lambda table: OWN.get(table, []))
    ((told, fields),) = build_changes_in_words(model, [recorded], EVE)
    assert told is recorded
    assert [f"{field.label}: {field.old} → {field.new}" for field in fields] == lines


# The model, a column of it, and what its changes call an empty value.
NONE: dict[str, tuple[Any, str, str]] = {
    "the owner, as in lists": (Lead, "owner_id", "Unassigned"),
    "the owner of another record": (Company, "owner_id", "Unassigned"),
    "the user of a task": (Task, "user_id", "Unassigned"),
    "a text, for which lists have no word": (Lead, "city", ""),
    "a custom field": (Lead, "c1", ""),
}


@pytest.mark.parametrize(("model", "column", "word"), NONE.values(), ids=NONE)
def test_what_a_change_calls_an_empty_value(model, column, word, ann, monkeypatch):
    monkeypatch.setattr(timeline, "get_all_custom_fields", lambda table: OWN.get(table, []))
    ((_told, (field,)),) = build_changes_in_words(model, [change(**{column: [1, None]})], ann)
    # Programs still read that there is no value.
    assert (field.new, field.none) == ("", word)
    if column != "c1":
        assert get_word_for_empty(model._meta.get_field(column.removesuffix("_id"))) == (word or "empty")


def test_every_change_is_returned_in_its_order(ann):
    changes = [change(city=["Cluj", "Arad"]), change(version=[1, 2]), change(city=["Arad", "Cluj"])]
    found = build_changes_in_words(CustomField, changes, ann)
    assert [told for told, _fields in found] == changes
