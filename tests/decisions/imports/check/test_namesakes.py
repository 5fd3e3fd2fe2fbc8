"""Records of the same name: which of them a row means, and which earlier row it repeats."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from crm.models import Import
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.namesakes import (
    MOST,
    NO_MARKS,
    DistinguishingFields,
    EarlierRows,
    RecordsOfNames,
    RowsMeant,
    get_distinguishing_details,
)
from customers.companies.excel import CompanyImport
from customers.deals.excel import DealImport

ALFA, DELTA = 11, 14
SAME, OTHER = "same", "other"


def told(rules: Any, mapping, unique=()) -> DistinguishingFields:
    known = SimpleNamespace(
        unique_fields=dict.fromkeys(unique), get_distinguishing_text=rules(None, None).get_distinguishing_text
    )
    return DistinguishingFields(known, rules.namesakes, mapping, [])


@pytest.fixture(autouse=True)
def without_a_user(monkeypatch):
    for rules in (CompanyImport, DealImport):
        monkeypatch.setattr(rules, "__init__", lambda self, kind, user: None)


@dataclass(frozen=True)
class Case:
    """A row, the records of its name, and the place of the one that it means. `often` says that other rows have the name too."""

    row: dict[str, Any]
    records: tuple[dict[str, Any], ...]
    finds: int | None = None
    several: int = 0
    often: bool = False
    columns: tuple[str, ...] = ()


WORTH = {"value": Decimal("1000.00")}
DEALS = {
    "the same company": Case({"company": ALFA}, ({"company": ALFA},), 0),
    "another company is never the same deal": Case({"company": DELTA}, ({"company": ALFA},)),
    "another company, though all else is the same": Case(
        {"company": DELTA, **WORTH}, ({"company": ALFA, **WORTH},)
    ),
    "of two companies the right one": Case({"company": DELTA}, ({"company": ALFA}, {"company": DELTA}), 1),
    "a record without a company": Case({"company": DELTA}, ({"company": None},)),
    "a row without a company": Case({"company": None}, ({"company": ALFA},)),
    "neither has a company": Case({"company": None}, ({"company": None},), 0),
    "a company that the import adds": Case({"company": "new:Delta"}, ({"company": ALFA}, {"company": None})),
    "a company that isn’t known and left empty": Case({"company": "? delta"}, ({"company": ALFA},)),
    "as an earlier import left it, with the same value": Case(
        {"company": "? delta", **WORTH}, ({"company": None, **WORTH},), 0
    ),
    "as an earlier import left it, with another value": Case(
        {"company": "? delta", **WORTH}, ({"company": None, "value": Decimal(9)},)
    ),
    "as an earlier import left it, and nothing else to compare": Case(
        {"company": "? delta"}, ({"company": None},)
    ),
    "a file without companies means the only deal of the name": Case(
        {}, ({"company": ALFA},), 0, columns=("value",)
    ),
    "a file without companies, and two deals of the name": Case(
        {}, ({"company": ALFA}, {"company": DELTA}), several=2, columns=("value",)
    ),
    "the value may have changed": Case(
        {"company": ALFA, "value": Decimal(9)}, ({"company": ALFA, **WORTH},), 0
    ),
    "the value decides between two": Case(
        {"company": ALFA, **WORTH}, ({"company": ALFA, "value": Decimal(9)}, {"company": ALFA, **WORTH}), 1
    ),
    "the spelling of the value doesn’t matter": Case(
        {"company": ALFA, "value": Decimal("1000")},
        ({"company": ALFA, "value": Decimal(9)}, {"company": ALFA, **WORTH}),
        1,
    ),
    "two that agree with the row": Case(
        {"company": ALFA, **WORTH}, ({"company": ALFA, **WORTH}, {"company": ALFA, **WORTH}), several=2
    ),
    "of three, two that agree with the row": Case(
        {"company": ALFA, **WORTH},
        ({"company": ALFA, **WORTH}, {"company": ALFA, **WORTH}, {"company": ALFA, "value": Decimal(9)}),
        several=3,
    ),
    "the day decides between two": Case(
        {"company": ALFA, "expected_close": date(2026, 1, 1)},
        (
            {"company": ALFA, "expected_close": date(2026, 1, 2)},
            {"company": ALFA, "expected_close": date(2026, 1, 1)},
        ),
        1,
    ),
    "two that don’t agree with the row": Case(
        {"company": ALFA, "value": Decimal(7)},
        ({"company": ALFA, "value": Decimal(9)}, {"company": ALFA, **WORTH}),
        several=2,
    ),
    "next year’s deal in a file that has both": Case(
        {"company": ALFA, "value": Decimal(9), "expected_close": date(2027, 1, 1)},
        ({"company": ALFA, **WORTH, "expected_close": date(2026, 1, 1)},),
        often=True,
    ),
    "a deal with a new value in a file that has both": Case(
        {"company": ALFA, "value": Decimal(9), "expected_close": date(2026, 1, 1)},
        ({"company": ALFA, **WORTH, "expected_close": date(2026, 1, 1)},),
        0,
        often=True,
    ),
}
COMPANIES = {
    "nothing but the name": Case({}, ({},), 0),
    "the same tax ID": Case({"tax_id": "RO123"}, ({"tax_id": "RO123"},), 0),
    "a tax ID with and without its country": Case({"tax_id": "123"}, ({"tax_id": "RO 123"},), 0),
    "another tax ID": Case({"tax_id": "RO124"}, ({"tax_id": "RO123"},)),
    "another tax ID, in the same town": Case(
        {"tax_id": "RO124", "city": "Arad"}, ({"tax_id": "RO123", "city": "Arad"},)
    ),
    "a record without a tax ID": Case({"tax_id": "RO124"}, ({"tax_id": ""},), 0),
    "a row without a tax ID": Case({"tax_id": ""}, ({"tax_id": "RO124"},), 0),
    "another domain": Case({"domain": "a.example"}, ({"domain": "b.example"},)),
    "of two the one with the tax ID": Case({"tax_id": "RO1"}, ({"tax_id": "RO2"}, {"tax_id": "RO1"}), 1),
    "it has moved to another town": Case({"city": "Arad"}, ({"city": "Cluj"},), 0),
    "another town in a file that has the name twice": Case({"city": "Arad"}, ({"city": "Cluj"},), often=True),
    "the town of the record in such a file": Case({"city": "ARAD"}, ({"city": "Arad"},), 0, often=True),
    "no town in such a file": Case({"city": ""}, ({"city": "Arad"},), 0, often=True),
    "the town decides between two": Case({"city": "Arad"}, ({"city": "Cluj"}, {"city": "Arad"}), 1),
    "the town decides, and one has none": Case({"city": "Arad"}, ({"city": ""}, {"city": "Arad"}), 1),
    "two, and the row says nothing": Case({}, ({"city": "Cluj"}, {"city": "Arad"}), several=2),
    "a third town": Case({"city": "Brad"}, ({"city": "Cluj"}, {"city": "Arad"}), several=2),
    "a third town in a file that has the name twice": Case(
        {"city": "Brad"}, ({"city": "Cluj"}, {"city": "Arad"}), often=True
    ),
    "the same ID of another program": Case(
        {"c1": "77", "city": "Arad"}, ({"city": "Arad"}, {"c1": "77", "city": "Cluj"}), 1, often=True
    ),
    "another ID of another program": Case({"c1": "78"}, ({"c1": "77"},)),
    "a record without an ID of that program": Case({"c1": "78"}, ({"c1": ""},), 0),
}
CASES = {f"deals: {name}": (DealImport, case) for name, case in DEALS.items()}
CASES |= {f"companies: {name}": (CompanyImport, case) for name, case in COMPANIES.items()}
ALL = ("name", "company", "value", "expected_close", "tax_id", "domain", "city", "c1")


@pytest.mark.parametrize(("rules", "case"), CASES.values(), ids=CASES)
def test_a_record_of_the_name_that_a_row_means(rules, case):
    apart = told(rules, case.columns or ALL, ["c1"])
    records = RecordsOfNames(apart)
    for place, values in enumerate(case.records, 1):
        records.add("renewal", place, apart.build_marks(values))
    texts = {name: value[2:] for name, value in case.row.items() if str(value).startswith("? ")}
    row = apart.build_marks(
        {name: None if name in texts else value for name, value in case.row.items()}, texts
    )
    found = records.find_meant_record("renewal", row, often=case.often)
    assert found == (None if case.finds is None else case.finds + 1, case.several)
    assert records.find_meant_record("upgrade", row, often=case.often) == (None, 0)


REPEATS = {
    "deals of the same company": (DealImport, {"company": ALFA}, {"company": ALFA}, SAME),
    "deals of two companies": (DealImport, {"company": ALFA}, {"company": DELTA}, OTHER),
    "a deal without a company": (DealImport, {"company": ALFA}, {"company": None}, OTHER),
    "deals of the same company with two values": (
        DealImport, {"company": ALFA, "value": Decimal(1)}, {"company": ALFA, "value": Decimal(2)}, OTHER),
    "a deal whose value one row lacks": (
        DealImport, {"company": ALFA, "value": Decimal(1)}, {"company": ALFA, "value": None}, SAME),
    "companies that differ in nothing": (CompanyImport, {"city": "Arad"}, {"city": "ARAD"}, SAME),
    "companies in two towns": (CompanyImport, {"city": "Arad"}, {"city": "Cluj"}, OTHER),
    "a company whose town one row lacks": (CompanyImport, {"city": "Arad"}, {}, SAME),
    "companies with two tax IDs": (CompanyImport, {"tax_id": "1"}, {"tax_id": "2"}, OTHER),
    "companies with two IDs of another program": (CompanyImport, {"c1": "1"}, {"c1": "2"}, OTHER),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "first", "second", "are"), REPEATS.values(), ids=REPEATS)
def test_a_row_repeats_an_earlier_one_only_if_nothing_tells_them_apart(rules, first, second, are):
    apart = told(rules, ALL, ["c1"])
    earlier = EarlierRows(apart)
    earlier.add("renewal", 2, apart.build_marks(first))
    assert earlier.find_repeated_row("renewal", apart.build_marks(second)) == (2 if are == SAME else None)
    assert earlier.is_repeated(2, apart.build_marks(second)) is (are == SAME)
    assert earlier.find_repeated_row("upgrade", apart.build_marks(first)) is None
    # Nothing is known about a row without a name.
    assert earlier.is_repeated(3, apart.build_marks(second))


def test_of_very_many_rows_of_one_name_equal_ones_are_still_repeats():
    apart = told(CompanyImport, ALL)
    earlier = EarlierRows(apart)
    for row in range(500):
        earlier.add("omnia", row, apart.build_marks({"tax_id": str(row)}))
    assert earlier.find_repeated_row("omnia", apart.build_marks({"tax_id": "450"})) == 450


@pytest.mark.parametrize(("before", "found"), [(MOST - 1, MOST - 1), (MOST, None)])
def test_a_row_is_compared_with_so_many_of_its_name(before, found):
    apart = told(CompanyImport, ALL)
    earlier = EarlierRows(apart)
    for row in range(before + 1):
        earlier.add("omnia", row, apart.build_marks({"tax_id": str(row)}))
    # It isn't equal to the last one, which has no town.
    marks = apart.build_marks({"tax_id": str(before), "city": "Arad"})
    assert earlier.find_repeated_row("omnia", marks) == found


@dataclass(frozen=True)
class Row:
    """The record that a row would mean, the rows of records that earlier rows mean, and what comes out."""

    cells: dict[str, CleanedCell] = field(default_factory=dict)
    meant: int | None = None
    means: dict[int, int] = field(default_factory=dict)
    comes: tuple[int | None, int | None] = (None, None)


ARAD, CLUJ = CleanedCell("Arad", value="Arad"), CleanedCell("Cluj", value="Cluj")
ROWS = {
    "a new company": Row({"city": CLUJ}),
    "a company that is there": Row({"city": CLUJ}, meant=7, comes=(7, None)),
    "a company of an earlier row": Row({"city": ARAD}, comes=(None, 2)),
    "the record of an earlier row from the same town": Row(
        {"city": ARAD}, meant=7, means={7: 2}, comes=(7, 2)
    ),
    "the record of an earlier row from another town is taken": Row({"city": CLUJ}, meant=7, means={7: 2}),
    "the record of an earlier row without a name": Row(
        {"city": CLUJ}, meant=7, means={7: 3}, comes=(7, 3)
    ),
    "a cell that clears its field says nothing": Row(
        {"city": CleanedCell("=CLEAR", clears=True)}, comes=(None, 2)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_a_record_belongs_to_one_row(case):
    rows = RowsMeant(told(CompanyImport, ALL))
    first, second = (SimpleNamespace(field="omnia", marks=NO_MARKS) for _row in range(2))
    rows.mark(first, {"city": ARAD})
    rows.add(first, 2)
    rows.mark(second, case.cells)
    found = SimpleNamespace(meant={("omnia", second.marks): case.meant} if case.meant else {})
    assert rows.find_record_and_row(second, found, case.means) == case.comes


# What the import creates for columns, by their places, and the unique fields that tell records of a name apart.
IDS = {
    "a unique field": ({"1": {"unique": True}}, ["new_1"]),
    "another field": ({"1": {"unique": False}, "2": {}}, []),
    "the second of two": ({"1": {}, "2": {"unique": True}}, ["new_2"]),
    "a field of a column that isn't mapped to it": ({"9": {"unique": True}}, []),
}


@pytest.mark.parametrize(("new", "ids"), IDS.values(), ids=IDS)
def test_unique_fields_that_the_import_creates_tell_records_apart(new, ids):
    rules = CompanyImport(None, None)
    vars(rules)["unique_fields"] = {}
    imported = Import(mapping=["name", "new_1", "new_2", "city"], new_fields=new)
    found = get_distinguishing_details(rules, "name", imported)
    assert (found.certain, found.likely, found.ids) == ([], ["city"], ids)
    # By another field, no names are compared.
    assert get_distinguishing_details(rules, "domain", imported) is None
