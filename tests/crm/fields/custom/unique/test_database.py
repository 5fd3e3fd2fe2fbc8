"""Unique custom fields: the database refuses a second record with the same value, whatever writes it."""

import pytest
from django.db import IntegrityError, transaction

from crm.fields.custom.unique.taken_values import find_wrong_values
from crm.models import UniqueValue
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge, Restore
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.scaling.months.searched import long_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def external(make_field):
    return make_field("External ID", is_unique=True)


@pytest.fixture
def give(make_lead):
    """give(field, "x1", name="Ana Pop") is a lead with this value."""

    def made(field, value, **values):
        lead = make_lead(**values)
        with operation("test", by=None):
            LeadValues.objects.update_or_create(record=lead, defaults={"values": {field.name: value}})
        return lead

    return made


def kept() -> list[tuple]:
    return list(UniqueValue.objects.order_by("record").values_list("record", "value", "present"))


def test_the_database_refuses_a_second_record_with_the_same_value(external, give):
    first = give(external, "AB 1")
    for text in ("AB 1", "ab  1 ", "Áb 1"):
        with pytest.raises(IntegrityError, match="unique_value_once"), transaction.atomic():
            give(external, text)
    assert kept() == [(first.pk, "ab 1", True)]


@pytest.mark.parametrize(
    ("type", "same", "other"),
    [
        ("text", ["Straße 1", "strasse  1"], "strasse 2"),
        ("text", ["x" * 499, "X" * 499], "x" * 498),
        ("number", ["1.50", "1.5"], "1.05"),
        ("email", ["Ana@Example.com", "ana@example.com"], "ana@example.org"),
        ("phone", ["+40 722 123 456", "0040-722-123-456"], "+40 722 123 457"),
        ("url", ["https://example.com/A", "https://example.com/a"], "https://example.com/b"),
    ],
)
def test_values_are_compared_as_people_read_them(make_field, give, type, same, other):
    field = make_field("Key", type, decimals=2, is_unique=True)
    give(field, same[0])
    give(field, other)
    with pytest.raises(IntegrityError, match="unique_value_once"), transaction.atomic():
        give(field, same[1])


def test_a_record_in_trash_does_not_hold_its_value_and_cannot_be_restored_while_another_one_has_it(
    external, give, ada
):
    rows = Lead.objects.changeable_by(ada)
    first = give(external, "x1", name="Ana Pop")
    carry_out(Delete(), rows, by=ada, wanted=[first.pk])
    second = give(external, "x1", name="Bea Rus")
    outcome = carry_out(Restore(), rows.in_trash(), by=ada, wanted=[first.pk])
    assert outcome.refused == {"value_taken": [first.pk]}
    carry_out(Delete(), rows, by=ada, wanted=[second.pk])
    outcome = carry_out(Restore(), rows.in_trash(), by=ada, wanted=[first.pk, second.pk])
    assert (outcome.changed, outcome.refused) == ([second.pk], {"value_taken": [first.pk]})
    assert kept() == [(first.pk, "x1", False), (second.pk, "x1", True)]


def test_an_undo_never_makes_a_second_record_with_the_value(external, give, make_lead, ada):
    rows = Lead.objects.changeable_by(ada)
    first, other = give(external, "x1", name="Ana Pop"), make_lead("Bea Rus")
    freed = carry_out(Edit({external.name: "x2"}), rows, by=ada, wanted=[first.pk]).operation
    carry_out(Edit({external.name: "x1"}), rows, by=ada, wanted=[other.pk])
    with long_before() as found:
        undone = revert_operation(freed, by=ada)
        assert undone.kept["lead"] == {"value_taken": [first.pk]}
        assert kept() == [(first.pk, "x2", True), (other.pk, "x1", True)]
        deleted = carry_out(Delete(), rows, by=ada, wanted=[first.pk]).operation
        carry_out(Edit({external.name: "x2"}), rows, by=ada, wanted=[other.pk])
        undone = revert_operation(deleted, by=ada)
    assert undone.kept["lead"] == {"value_taken": [first.pk]}
    assert kept() == [(first.pk, "x2", False), (other.pk, "x2", True)]
    assert found == []


def test_an_undo_gives_no_value_back_while_a_record_that_it_cannot_reach_has_it(
    external, give, ada, ann, bob, departments
):
    """The user reaches only the lead that gave up the value. The other one, which has it now, stays restored."""
    first = give(external, "x1", name="Ana Pop", department=departments.export)
    carry_out(Delete(), Lead.objects.changeable_by(ada), by=ada, wanted=[first.pk])
    other = give(external, "x1", name="Bea Rus")
    with operation("edit", table="lead", by=ann) as record:
        LeadValues.objects.filter(record=other).update(values={external.name: "x2"})
        Lead.objects.filter(pk=first.pk).update(deleted_at=None)
        Lead.objects.filter(pk=other.pk).update(city="Cluj")
        record.changed = 2
        record.save()
    undone = revert_operation(record, by=ann)
    assert Lead.objects.get(pk=other.pk).city == ""
    assert undone.kept["lead"]["hidden"] == [first.pk]
    assert kept() == [(first.pk, "x1", True), (other.pk, "x2", True)]


def test_a_record_that_is_deleted_permanently_gives_up_its_value_until_the_undo(external, give, ada):
    rows = Lead.objects.changeable_by(ada)
    lead = give(external, "x1")
    carry_out(Delete(), rows, by=ada, wanted=[lead.pk])
    purged = carry_out(Purge(), rows.in_trash(), by=ada, wanted=[lead.pk]).operation
    assert kept() == []
    revert_operation(purged, by=ada)
    assert kept() == [(lead.pk, "x1", False)]
    assert find_wrong_values() == []


def test_the_check_of_the_history_finds_a_value_that_does_not_follow(external, give):
    lead = give(external, "x1")
    assert list(find_history_differences()) == []
    UniqueValue.objects.update(value="x2")
    (found,) = find_history_differences()
    assert (found.record, found.stored, found.rebuilt) == (f"record {lead.pk}", "x2", "x1")
