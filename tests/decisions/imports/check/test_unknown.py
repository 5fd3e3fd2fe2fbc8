"""Names that don't exist here or are retired: what becomes of them by the user's decision, one for all spellings."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from crm.fields.widgets.value_widgets import UnknownName
from crm.models import Import
from crm.transfer.imports.check.cell_cleaning import CleanedCell, RowCleaner, adapt_cell_to_value
from crm.transfer.imports.check.value_decisions import (
    get_decision,
    get_earlier_choice,
    get_reactivated_values,
    is_create_decision,
    store_decision,
)
from tests.decisions.imports.on_paper import EVENT, HOT, OLD, OLD_FAIR, WEBSITE, cleaned, judge

pytestmark = pytest.mark.usefixtures("on_paper")

UNKNOWN = "Unknown value for source: “Fair”."
RETIRED = "The source “Old fair” is retired."


@dataclass(frozen=True)
class Case:
    """`decision` is about `text` in this field. The cell gets a `value`, is `empty`, or has an `error`."""

    text: str
    decision: Any = None
    value: Any = None
    empty: bool = False
    error: str = ""
    unknown: tuple[str, ...] | None = None
    field: str = "source"
    about: str = ""


CASES = {
    "a known name": Case("Event", value=EVENT, unknown=()),
    "a known name in other letters": Case("évent", value=EVENT, unknown=()),
    "a known name that was decided about before": Case("Event", "refuse", value=EVENT, unknown=()),
    "an unknown name": Case("Fair", error=UNKNOWN),
    "an unknown name that is refused": Case("Fair", "refuse", error=UNKNOWN),
    "an unknown name that means nothing": Case("Fair", "empty", empty=True),
    "an unknown name for a known one": Case("Fair", WEBSITE, value=WEBSITE),
    "an unknown name that will be made": Case("Fair", "new:Fair", value="new:Fair"),
    "a decision about another spelling": Case("FÄIR", WEBSITE, value=WEBSITE, about="fair"),
    "a decision about another name": Case("Fair", WEBSITE, error=UNKNOWN, about="fairs"),
    "a decision from before there were names for new values": Case("Fair", "create", error=UNKNOWN),
    "a retired name": Case("Old fair", error=RETIRED),
    "a retired name that is refused": Case("Old fair", "refuse", error=RETIRED),
    "a retired name that means nothing": Case("Old fair", "empty", empty=True),
    "a retired name for another one": Case("Old fair", EVENT, value=EVENT),
    "a retired name that is used again": Case("Old fair", "new:Old fair", value=OLD_FAIR),
    "several tags, one of them unknown": Case(
        "hot, new", error="Unknown tag: “new”.", value=[HOT], unknown=("new",), field="tags"
    ),
    "several tags, one of them means nothing": Case(
        "hot, new", "empty", value=[HOT], unknown=("new",), field="tags", about="new"
    ),
    "a tag that means nothing": Case("new", "empty", value=[], empty=True, unknown=("new",), field="tags"),
    "a tag for another one": Case("new", HOT, value=[HOT], unknown=("new",), field="tags"),
    "a tag that will be made": Case(
        "hot, new", "new:new", value=[HOT, "new:new"], unknown=("new",), field="tags", about="new"
    ),
    "the first error of several tags": Case(
        "new, old", error="Unknown tag: “new”.", value=[], unknown=("new", "old"), field="tags"
    ),
    "a retired tag after an unknown one that is refused": Case(
        "old, new", "empty", error="The tag “old” is retired.", value=[], unknown=("old", "new"), field="tags", about="new"
    ),
    "a retired tag that is used again": Case("old", "new:old", value=[OLD], unknown=("old",), field="tags"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_cell_with_a_name(case):
    decisions = {case.field: {case.about or case.text.lower(): case.decision}} if case.decision else {}
    cell = cleaned(judge().resource, {case.field: case.text}, decisions=decisions)[case.field]
    assert (cell.value, cell.empty, cell.error) == (case.value, case.empty, case.error)
    assert cell.unknown == ((case.text,) if case.unknown is None else case.unknown)
    assert cell.shown == case.text
    retired = {"Old fair": OLD_FAIR, "old": OLD}
    assert cell.retired == tuple((name, retired[name]) for name in cell.unknown if name in retired)


@dataclass(frozen=True)
class Held:
    """A cell of a record that has this value now."""

    cell: CleanedCell
    now: Any
    becomes: CleanedCell | None = None


REFUSED = CleanedCell("Old", error="Retired.", unknown=("Old",), retired=(("Old", 4),))
BOTH = CleanedCell("old, new", value=[1], error="Unknown.", unknown=("old", "new"), retired=(("old", 4),))
DECIDED = CleanedCell("old", value=[], empty=True, unknown=("old",), retired=(("old", 4),))
HELD = {
    "a retired value that the record has": Held(
        REFUSED, 4, CleanedCell("Old", value=4, retired=(("Old", 4),))
    ),
    "a retired value that the record doesn't have": Held(REFUSED, 5),
    "a retired value and a record without one": Held(REFUSED, None),
    "a value that isn't retired": Held(CleanedCell("A", value=1), 1),
    "a retired tag that the record has": Held(
        DECIDED, [4], CleanedCell("old", value=[4], retired=(("old", 4),))
    ),
    "a retired tag that the record doesn't have": Held(DECIDED, [1]),
    "a retired tag with an unknown one": Held(
        BOTH,
        [4, 2],
        CleanedCell("old, new", value=[1, 4], error="Unknown.", unknown=("new",), retired=(("old", 4),)),
    ),
}


@pytest.mark.parametrize("case", HELD.values(), ids=HELD)
def test_a_record_keeps_its_retired_values(case):
    assert adapt_cell_to_value(case.cell, case.now) == (case.becomes or case.cell)


# The form


@dataclass(frozen=True)
class Chosen:
    """What the form sends for a name, the decision that is kept, and what the form then shows."""

    sent: str
    kept: Any
    shown: str | None
    makes: bool = False


CHOSEN = {
    "nothing is imported": Chosen("refuse", "refuse", "refuse"),
    "an empty cell": Chosen("empty", "empty", "empty"),
    "another value": Chosen("42", 42, "42"),
    "a value that is a text": Chosen("RO", "RO", "RO"),
    "a new value with the spelling of the file": Chosen("create", "new:Târg", "create", makes=True),
}


@pytest.mark.parametrize("case", CHOSEN.values(), ids=CHOSEN)
def test_a_decision_of_the_form(case):
    decisions: dict[str, Any] = {"tags": {"other": "refuse"}, "source": {"targ": "empty"}}
    store_decision(decisions, "source", "Târg", case.sent)
    assert decisions == {"tags": {"other": "refuse"}, "source": {"targ": case.kept}}
    assert get_earlier_choice(decisions, "source", "TARG") == case.shown
    assert get_decision(decisions, "source", "targ") == case.kept
    assert is_create_decision(case.kept) is case.makes


def test_there_may_be_no_decision():
    for decisions in ({}, {"tags": {"fair": 1}}, {"source": {"fairs": 1}}, {"source": {"fair": "create"}}):
        assert get_decision(decisions, "source", "Fair") is None
        assert get_earlier_choice(decisions, "source", "Fair") is None
    assert is_create_decision(None) is False
    assert is_create_decision("renewed") is False


def test_only_retired_values_are_used_again():
    decisions = {
        "source": {"old fair": "new:Old fair", "fair": "new:Fair", "event": EVENT},
        "tags": {"old": "refuse"},
        "status": {"outdated": "new:Outdated"},
    }
    assert get_reactivated_values(decisions, judge().resource, ["source", "tags"]) == {"source": {OLD_FAIR}}


# Cells as they were read


@dataclass(frozen=True)
class Read:
    """A cell as it was read, and its correction by the user."""

    cells: list[str]
    kinds: str = ""
    fixes: dict[str, str] = field(default_factory=dict)
    value: Any = None
    error: str = ""
    name: str = "city"


READ = {
    "a text": Read(["Cluj"], value="Cluj"),
    "a correction": Read(["Cluj"], fixes={"0": "Arad"}, value="Arad"),
    "a correction of another cell": Read(["Cluj"], fixes={"1": "Arad"}, value="Cluj"),
    "a number that is a text": Read(["12"], "n", value="12"),
    "a row that ends before the cell": Read([], value=None),
    "a correction of a row that ends before": Read([], fixes={"0": "Arad"}, value="Arad"),
    "a correction of an error": Read(["#N/A"], "e", fixes={"0": "Arad"}, value="Arad"),
    "an error of the spreadsheet": Read(["#N/A"], "e", error="The cell contains the error #N/A."),
    "a formula without a value": Read(["=A1"], "f", error="This formula has no calculated value."),
    "an open quotation mark": Read(
        ['"a'], "q", error="The quotation mark that opens this cell is never closed."
    ),
    "a yes of a spreadsheet": Read(["TRUE"], "b", value=True, name="vip"),
    "a day of a spreadsheet": Read(["2026-01-05"], "d", value="2026-01-05", name="city"),
    "a formula that looks like =CLEAR": Read(["=CLEAR()"], value="=CLEAR()"),
}


@pytest.mark.parametrize("case", READ.values(), ids=READ)
def test_a_cell_as_it_was_read(case):
    cleaner = RowCleaner(judge().resource, Import(table="lead", mapping=[case.name]))
    row = SimpleNamespace(cells=case.cells, kinds=case.kinds, targets={}, fixes=case.fixes)
    # The second time it is remembered.
    for _time in range(2):
        cell = cleaner.clean_row(row)[case.name]
        assert cell.value == case.value
        assert cell.error.startswith(case.error)
        assert bool(cell.error) == bool(case.error)


@dataclass(frozen=True)
class Phone:
    """The cell of a phone with the calling code in the next column."""

    cells: list[str]
    value: Any = None
    shown: str = ""
    joined: bool = False
    kinds: str = ""
    error: str = ""


PHONES = {
    "a number and a code": Phone(["612 345 678", "+33"], "+33 6 12 34 56 78", "612 345 678", joined=True),
    "another number with the same code": Phone(["612 345 679", "+33"], "+33 6 12 34 56 79", "612 345 679", joined=True),
    "the same number with another code": Phone(["612 345 678", "+34"], "+34 612 34 56 78", "612 345 678", joined=True),
    "a number with its code": Phone(["+33 612 345 678", "+34"], "+33 612 345 678", "+33 612 345 678"),
    "a number without a code": Phone(["0612 345 678", ""], "0612 345 678", "0612 345 678"),
    "a row that ends before the code": Phone(["0612 345 678"], "0612 345 678", "0612 345 678"),
    "a code alone": Phone(["", "+33"]),
    "a text that means no phone": Phone(["none", "+33"]),
    "a cell that is a number": Phone(["612345678", "33"], "+33 6 12 34 56 78", "612345678", joined=True, kinds="nn"),
    "an error of the spreadsheet": Phone(["#N/A", "+33"], shown="#N/A", kinds="es", error="The cell contains the error #N/A."),
}  # fmt: skip


@pytest.mark.parametrize("case", PHONES.values(), ids=PHONES)
def test_a_phone_whose_calling_code_is_in_another_column(case):
    told = Import(table="lead", mapping=["phone", "calling_code"], blanks={"0": ["None"]})
    cleaner = RowCleaner(judge().resource, told)
    others = [
        SimpleNamespace(cells=one.cells, kinds=one.kinds, targets={}, fixes={}) for one in PHONES.values()
    ]
    # What the other rows say is remembered, and changes nothing.
    for row in (*others, SimpleNamespace(cells=case.cells, kinds=case.kinds, targets={}, fixes={})):
        cell = cleaner.clean_row(row)["phone"]
    assert (cell.value, cell.shown, cell.error) == (case.value, case.shown, case.error)
    assert cell.empty is (case.value is None and not case.error)
    assert ("Calling code joined with the number" in cell.notes) is case.joined


def test_the_records_that_cells_and_decisions_name_are_looked_up_together():
    """With and without the quote that guards a formula; a decision that is no record is none to look up."""
    told = Import(
        table="lead",
        mapping=["city", "client"],
        decisions={"client": {"acme": 7, "omnia": "refuse", "delta": "new:Delta"}},
    )
    cleaner = RowCleaner(judge().resource, told)
    asked: list[str] = []
    cleaner.links = {"client": SimpleNamespace(load_records_by_text=asked.extend)}
    rows = [("Cluj", "Acme", "ss", {}), ("", "'=Omnia", "ss", {}), ("", "", "ss", {}), ("", "#N/A", "se", {})]
    rows += [("", "Beta", "ss", {"1": "Gamma"}), ("", "12", "sn", {})]
    cleaner.look_up_links(
        [
            SimpleNamespace(cells=[*cells], kinds=kinds, targets={}, fixes=fixes)
            for *cells, kinds, fixes in rows
        ]
    )
    assert sorted(asked) == ["#7", "'=Omnia", "12", "=Omnia", "Acme", "Gamma"]


# What is decided about the text Fair in a column of clients, and what becomes of the cell. Client 7 exists.
LINKED: dict[str, tuple[Any, dict[str, Any]]] = {
    "a client": (7, {"value": 7}),
    "a client who is gone": (8, {"error": "No client."}),
    "a client who will be added": ("new:Fair", {"value": "new:company:Fair"}),
    "nothing": ("empty", {"empty": True}),
    "not yet": (None, {"error": "No client."}),
}


@pytest.mark.parametrize(("decision", "becomes"), LINKED.values(), ids=LINKED)
@pytest.mark.parametrize("adds", [True, False], ids=["", "a check that adds none"])
def test_a_cell_with_an_unknown_client(adds, decision, becomes):
    decisions = {"client": {"fair": decision}} if decision else {}
    told = Import(table="lead", mapping=["client"], decisions=decisions)

    def new_link(table: str, decision: str) -> dict[str, Any]:
        return {"value": decision.replace(":", f":{table}:")}

    cleaner = RowCleaner(judge().resource, told, new_link if adds else None)
    links: Any = SimpleNamespace(
        find_ids=lambda text: [7] if text == "#7" else [], model=SimpleNamespace(table="company")
    )
    cleaner.links = {"client": links}
    cell = cleaner.apply_decision("client", "Fair", UnknownName("No client."))
    if decision == "new:Fair" and not adds:
        becomes = {"error": "No client."}
    assert cell == CleanedCell("Fair", unknown=("Fair",), **becomes)


def test_a_number_of_different_cells_is_remembered_and_then_forgotten(monkeypatch):
    monkeypatch.setattr("crm.transfer.imports.check.cell_cleaning.REMEMBERED", 2)
    cleaner = RowCleaner(judge().resource, Import(table="lead", mapping=["city"]))
    for text in ("Cluj", "Arad", "Deva", "Brno", "Cluj"):
        row = SimpleNamespace(cells=[text], kinds="", targets={}, fixes={})
        assert cleaner.clean_row(row)["city"].value == text
        assert len(cleaner.remembered[0]) <= 3


def test_skipped_columns_lines_and_closed_fields_have_no_cells():
    cleaner = RowCleaner(judge().resource, Import(table="lead", mapping=["", "city", "notes", "zip"]))
    row = SimpleNamespace(cells=["a", "b", "c", "d"], kinds="", targets={}, fixes={})
    assert {name: cell.value for name, cell in cleaner.clean_row(row).items()} == {"city": "b", "zip": "d"}
    assert cleaner.lines == [2]


# Name: the field of leads, whether the pipeline of the status is retired, and whether the value may be used again.
REACTIVATED = {
    "a retired status": ("status", False, True),
    "a status of a retired pipeline": ("status", True, False),
    "a source": ("source", True, True),
}


@pytest.mark.parametrize(("name", "is_retired", "may"), REACTIVATED.values(), ids=REACTIVATED)
def test_which_retired_values_a_lead_may_use_again(name, is_retired, may):
    rules = judge().rules
    rules.statuses = {OLD: SimpleNamespace(pipeline=SimpleNamespace(retired=is_retired))}
    assert rules.can_be_reactivated(name, OLD) is may


def test_a_company_may_use_any_retired_value_again():
    """Only leads and deals ask the rules of their statuses."""
    assert judge(of="company").rules.can_be_reactivated("tags", OLD) is True
