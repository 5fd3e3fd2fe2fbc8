"""Which unique field has the IDs of a file: that of the same source, which the names of its records show."""

from types import SimpleNamespace

import pytest

from crm.models import Import
from crm.records.history.verb_execution import carry_out
from crm.transfer.imports.columns import id_columns
from crm.transfer.imports.columns.id_columns import LABEL, IdColumn, find_field_of_source, is_same_source
from leads.models import Lead
from leads.verbs import Edit

pytestmark = pytest.mark.django_db
# The leads that have the IDs 1 to 4 of a program.
NAMES = {"1": "Ana Pop", "2": "Dan Rus", "3": "Eva Nan", "4": "Ion Ene"}


@pytest.fixture
def external(make_field, make_lead, ada):
    """external(number): the field of the first, second … source; the leads of the first one have names."""

    def make(number: int = 1):
        name = LABEL if number == 1 else f"{LABEL} {number}"
        field = make_field(name, is_unique=True)
        for value, lead in NAMES.items():
            who = lead if number == 1 else f"{lead} {number}"
            carry_out(Edit({field.name: value}), Lead.objects.filter(pk=make_lead(who).pk), by=ada)
        return field

    return make


# The columns of the file beside the IDs, its rows, and whether they are from the same source.
SAME = {
    "all names are the same": (["first_name", "last_name"], [["1", "Ana", "Pop"], ["2", "Dan", "Rus"]], True),
    "in other letters": (["first_name", "last_name"], [["1", "ANA", " pop "]], True),
    "whole names": (["name"], [["1", "Ana Pop"], ["2", "Dan Rus"]], True),
    "the last name alone": (["last_name"], [["1", "Pop"]], False),
    "other names": (["name"], [["1", "Mia Luca"], ["2", "Dan Albu"]], False),
    "half of the names": (["name"], [["1", "Ana Pop"], ["2", "Mia Luca"]], True),
    "fewer than half": (["name"], [["1", "Ana Pop"], ["2", "Mia Luca"], ["3", "Ina Albu"]], False),
    "IDs that no record has": (["name"], [["8", "Mia Luca"], ["9", "Ina Albu"]], True),
    "an ID that no record has counts for nothing": (["name"], [["1", "Ana Pop"], ["9", "Ina Albu"]], True),
    "a file without names": (["city"], [["1", "Cluj"]], True),
}


@pytest.mark.parametrize(("heads", "rows", "same"), SAME.values(), ids=SAME)
def test_the_names_of_records_show_whether_ids_are_from_the_same_source(
    heads, rows, same, external, read, ada
):
    field = external()
    # What another file says counts for nothing.
    read(ada, ["", "name"], [["1", "Mia Luca"], ["2", "Mia Luca"], ["3", "Mia Luca"], ["4", "Ana Pop"]])
    imported = read(ada, ["", *heads], rows)
    assert is_same_source(imported, 0, field) is same


# The fields that there are, by number; the names in the file; the number of the field that has its IDs, or of a new one.
FIELDS = {
    "no field yet": ([], "same", 1, False),
    "the same source": ([1], "same", 1, True),
    "another source": ([1], "other", 2, False),
    "the second source": ([1, 2], "second", 2, True),
    "a third source": ([1, 2], "other", 3, False),
}
FILES = {
    "same": ["Ana Pop", "Dan Rus"],
    "second": ["Ana Pop 2", "Dan Rus 2"],
    "other": ["Mia Luca", "Ina Albu"],
}


@pytest.mark.parametrize(("numbers", "file", "number", "there"), FIELDS.values(), ids=FIELDS)
def test_the_field_of_a_source(numbers, file, number, there, external, read, ada):
    fields = {each: external(each) for each in numbers}
    imported = read(ada, ["", "name"], [[str(place), name] for place, name in enumerate(FILES[file], 1)])
    found, label = find_field_of_source(imported, IdColumn(0, LABEL), [*fields.values()])
    assert label == (LABEL if number == 1 else f"{LABEL} {number}")
    assert found == (fields[number] if there else None)


# How many fields there are, none of them with the IDs of this source, and the label of the field for them.
MANY = {"nine": (9, None, f"{LABEL} 10"), "ten, of which nine are tried": (10, f"{LABEL} 10", f"{LABEL} 10")}


@pytest.mark.parametrize(("number", "taken", "label"), MANY.values(), ids=MANY)
def test_the_field_after_nine_tried_ones_is_taken_as_it_is(number, taken, label, monkeypatch):
    labels = [LABEL, *(f"{LABEL} {each}" for each in range(2, number + 1))]
    fields = [SimpleNamespace(definition=SimpleNamespace(name=each)) for each in labels]
    monkeypatch.setattr(id_columns, "is_same_source", lambda *asked: False)
    monkeypatch.setattr(id_columns, "get_taken_labels", lambda kind: set())
    field, found = find_field_of_source(Import(table="lead"), IdColumn(0, LABEL), fields)
    assert (field and field.definition.name, found) == (taken, label)


def test_a_label_that_another_field_has_is_not_taken_again(make_field, read, ada):
    """A field of the same label that isn't unique, or one of the product."""
    make_field(LABEL)
    imported = read(ada, ["", "name"], [["1", "Ana Pop"]])
    assert find_field_of_source(imported, IdColumn(0, LABEL), []) == (None, f"{LABEL} 2")
    assert find_field_of_source(imported, IdColumn(0, "City"), []) == (None, "City 2")
