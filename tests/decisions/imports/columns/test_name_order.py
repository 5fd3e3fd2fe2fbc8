"""Whether the whole names of a file begin with the last name: by the header, the capitals, and what was chosen before."""

import pytest

from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.field_suggestion import is_last_name_first, suggest_fields
from crm.transfer.imports.columns.file_columns import ColumnContent
from crm.transfer.imports.columns.header_words import get_headers
from crm.transfer.imports.columns.saved_mappings import find_name_order
from tests.decisions.imports.on_paper import ann

pytestmark = pytest.mark.usefixtures("on_paper")

# Headers of whole names, and whether the last name comes first.
HEADERS = {
    "Nume și prenume": True,
    "Nume, prenume": True,
    "Nume/Prenume": True,
    "NUME SI PRENUME": True,
    "Numele și prenumele": True,
    "Name, Vorname": True,
    "Nachname Vorname": True,
    "Név": True,
    "Teljes név": True,
    "Cognome e nome": True,
    "Apellidos y nombre": True,
    "Nom et prénom": True,
    "Last name, first name": True,
    "Surname, Name": True,
    "Name": False,
    "Full name": False,
    "Nume complet": False,
    "Prenume și nume": False,
    "Vorname Nachname": False,
    "Nome e cognome": False,
    "First and last name": False,
}


@pytest.mark.parametrize("of", ["lead", "contact"])
@pytest.mark.parametrize(("header", "last_first"), HEADERS.items(), ids=HEADERS)
def test_the_header_of_a_whole_name_says_which_part_comes_first(header, last_first, of):
    assert get_headers(KINDS[of], ann(of=of)).find_field(header) == "name"
    assert is_last_name_first(header, ["Popescu Ion"]) is last_first


def test_capitals_come_before_the_header():
    assert is_last_name_first("Name", ["POPESCU Ion"]) is True
    assert is_last_name_first("Nume și prenume", ["Ion POPESCU"]) is False


# The columns of a file with their values; the fields they get, and which of them begin with the last name.
LONE = {
    "whole names under the header of the last name": ({"Nume": ("Popescu Ion", "Rus Dan", "Cher")}, ["name"], [True]),
    "in another language": ({"Nachname": ("Berg Anna", "Mann Karl")}, ["name"], [True]),
    "with the last name in capitals behind": ({"Nume": ("Ion POPESCU", "Dan RUS")}, ["name"], [False]),
    "a column of first names": ({"Nume": ("Popescu Ion",), "Prenume": ("Ion",)}, ["last_name", "first_name"], [True, False]),
    "half of the names have one word": ({"Nume": ("Popescu Ion", "Rus")}, ["last_name"], [True]),
    "last names with particles": ({"Last name": ("van der Berg", "Rus")}, ["last_name"], [True]),
    "two last names in Spanish": ({"Apellidos": ("García López", "Ruiz Gil")}, ["last_name"], [False]),
    "the family name": ({"Nume de familie": ("Popescu Ionescu", "Rus Pop")}, ["last_name"], [False]),
    "names of companies": ({"Nume": ("Omnia Trade SRL", "Alfa Impex S.A.")}, ["last_name"], [False]),
    "names with numbers": ({"Nume": ("Client 1", "Client 2")}, ["last_name"], [True]),
    "our own export": ({"Contact ID": ("#1", "#2"), "Nume": ("Popescu Ionescu", "Rus Pop")}, ["id", "last_name"], [False, True]),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "fields", "orders"), LONE.values(), ids=LONE)
def test_a_lone_column_of_last_names_with_first_names_is_the_whole_name(columns, fields, orders, db):
    found = [
        ColumnContent(head, len(texts), cells=[("s", text) for text in texts])
        for head, texts in columns.items()
    ]
    assert suggest_fields(KINDS["contact"], found, ann(of="contact")) == fields
    assert [column.last_first for column in found] == orders


def test_only_record_types_of_people_have_names_of_two_parts(db):
    column = ColumnContent("Név", 1, cells=[("s", "POPESCU Ion")])
    assert not get_rules_class(KINDS["company"]).splits_names
    assert suggest_fields(KINDS["company"], [column], ann(of="company")) == ["name"]
    assert column.last_first is False


# The fields of two columns, what was chosen before, and the order; the second column shows the last name first.
CHOSEN = {
    "as the column shows it": (["email", "name"], None, True),
    "the other column doesn't show it": (["name", "email"], None, False),
    "as chosen before": (["name", "email"], True, True),
    "as chosen against the column": (["email", "name"], False, False),
    "no whole name": (["email", "last_name"], True, None),
}


@pytest.mark.parametrize(("mapping", "before", "found"), CHOSEN.values(), ids=CHOSEN)
def test_the_order_of_names_is_remembered(mapping, before, found):
    assert find_name_order(mapping, [False, True], {"last_name_first": before}) is found
    assert (
        find_name_order(mapping, [False, True], {} if before is None else {"last_name_first": before})
        is found
    )
