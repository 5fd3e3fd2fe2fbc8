"""What a plan takes from its options and decisions, what is judged for many rows together, and what is counted."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from crm.records.kinds.kind_registry import KINDS
from tests.decisions.imports.on_paper import (
    ALL_RIGHTS,
    ANN,
    BOB,
    DAN,
    DEPARTMENTS,
    EXPORT,
    HOT,
    OLD,
    OLD_FAIR,
    OUTDATED,
    RULES,
    SALES,
    ann,
)
from tests.decisions.imports.plan_on_paper import lead, paper_check, planned, row

DAYS = {
    "day first": (True, "05.01.2026", "2026-01-05"),
    "month first": (False, "05/01/2026", "2026-05-01"),
    "year first": (False, "2026-01-05", "2026-01-05"),
}
NUMBERS = {
    "a decimal point": (".", "1.25", "1.25"),
    "a decimal comma": (",", "1.250", "1250"),
    "a decimal comma with decimals": (",", "1.250,50", "1250.50"),
}


@pytest.mark.parametrize("case", DAYS.values(), ids=DAYS)
def test_a_day_is_read_as_the_file_writes_days(case):
    day_first, cell, day = case
    (plan,) = planned({"last_name": "Pop", "next_action_on": cell}, day_first=day_first)
    assert plan.values["next_action_on"] == day


@pytest.mark.parametrize("case", NUMBERS.values(), ids=NUMBERS)
def test_a_number_is_read_as_the_file_writes_numbers(case):
    decimal, cell, number = case
    (plan,) = planned({"last_name": "Pop", "value": cell}, decimal=decimal)
    assert plan.values["value"] == number


def test_a_lead_that_looks_the_same_keeps_its_tags_and_what_the_file_leaves_empty():
    """Even from a file whose empty cells clear fields: without an ID, it isn't clear what was cleared."""
    known = lead(7, email="a@example.com", tags=[HOT])
    cells = {"email": "a@example.com", "city": "", "tags": "cold"}
    (plan,) = planned(cells, leads=[known], empties=True, takes=["tags"])
    assert plan.values == {"tags": [61, 62]}
    (plan,) = planned({**cells, "id": "#7", "version": "3"}, leads=[known], empties=True)
    assert plan.values == {"tags": [62], "city": ""}


RETIRED = {
    "source": ("Old fair", "source_id", OLD_FAIR),
    "status": ("Outdated", "status_id", OUTDATED),
    "tags": ("old", "tags", [OLD]),
}


@pytest.mark.parametrize("name", RETIRED)
def test_a_retired_value_that_the_user_uses_again_is_judged_as_if_it_were_active(name):
    text, column, value = RETIRED[name]
    decisions = {name: {text.lower(): f"new:{text}"}}
    for cells in ({"last_name": "Pop"}, {"id": "#7"}):
        (plan,) = planned({**cells, name: text}, leads=[lead(7)], decisions=decisions)
        assert (plan.errors, plan.values[column]) == ([], value)


def test_rows_that_are_refused_together_are_not_written():
    """A rule that looks many rows up at once gets those that would be written, each with the record that it changes."""
    rows = [{"id": "#7", "city": "Arad"}, {"last_name": "Pop"}, {"id": "#8", "city": "Cluj"}, {"id": "#9"}]
    with paper_check(["id", "last_name", "city"], found={"leads": [lead(7), lead(8)]}) as check:
        asked = []

        def refused(pairs: Any) -> dict[int, tuple[str, str]]:
            asked.extend((values.get("city"), known and known["id"]) for values, known in pairs)
            return {1: ("city", "Not there.")}

        check.rules.judge_together = refused
        plans = check.plan(
            [row(n, [cells.get(head, "") for head in check.imported.mapping]) for n, cells in enumerate(rows)]
        )
    assert asked == [(None, None), ("Cluj", 8)]
    assert [plan.verdict for plan in plans] == ["unchanged", "new", "error", "error"]
    assert (plans[2].action, plans[2].values, plans[2].old) == ("", {}, {})
    assert plans[2].errors == [[2, "Not there."]]
    assert (check.counts["add"], check.counts["change"], check.counts["error"]) == (1, 0, 2)


@dataclass(frozen=True)
class Link:
    """A row whose lead is linked to company 5 if the user asked for it."""

    row: dict[str, str]
    writes: dict[str, Any]
    is_: str = "changed"
    does: str = "change"
    link: bool = True
    choice: str = ""
    may: tuple[str, ...] = ALL_RIGHTS


LINKED = {"known_company_id": 5}
LINKS = {
    "a new lead": Link({"last_name": "Pop"}, LINKED, "new", "add"),
    "a lead that changes": Link({"id": "#7", "city": "Cluj"}, {"city": "Cluj"} | LINKED),
    "a lead that changes nothing else": Link({"id": "#7", "city": "Arad"}, LINKED),
    "the user may not change leads": Link({"id": "#7"}, {}, "unchanged", "", may=("view", "add", "import")),
    "the user didn't ask": Link({"id": "#7", "city": "Arad"}, {}, "unchanged", "", link=False),
    "a skipped row": Link({"id": "#7", "city": "Cluj"}, {}, "duplicate", "", choice="leave"),
    "a row with an error": Link({"id": "#7", "value": "x"}, {}, "error", ""),
}


@pytest.mark.parametrize("case", LINKS.values(), ids=LINKS)
def test_a_link_to_a_company(case):
    told = {"found": {"leads": [lead(1), lead(7)]}, "link": case.link, "may": case.may}
    with paper_check([*case.row], **told) as check:
        asked = []

        def linked(pairs: Any) -> dict[int, int]:
            asked.extend(known and known["id"] for _values, known in pairs)
            return dict.fromkeys(range(len(pairs)), 5)

        check.rules.link_together = linked
        (plan,) = check.plan([row(2, [*case.row.values()], choice=case.choice)])
    assert (plan.verdict, plan.action) == (case.is_, case.does)
    assert {name: plan.values.get(name) for name in case.writes} == case.writes
    assert asked == ([7 if case.row.get("id") else None] if "known_company_id" in case.writes else [])


@dataclass(frozen=True)
class Counts:
    """What one row adds to the counts of its plan."""

    row: dict[str, str]
    counts: dict[str, int]
    choice: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)


COUNTS = {
    "a new lead": Counts({"last_name": "Pop"}, {"new": 1, "add": 1}),
    "a new lead that another column names": Counts(
        {"city": "Cluj"}, {"new": 1, "add": 1, "named": 1}, options={"name_from": "city"}
    ),
    "a lead that changes": Counts({"id": "#7", "city": "Cluj"}, {"changed": 1, "change": 1, "cells": 1}),
    "two cells that change": Counts(
        {"id": "#7", "city": "Cluj", "zip": "1"}, {"changed": 1, "change": 1, "cells": 2}
    ),
    "a normalized phone is no cell": Counts(
        {"id": "#7", "phone": "0722 1"}, {"changed": 1, "change": 1, "cells": 1}
    ),
    "a lead that doesn't change": Counts({"id": "#7"}, {"unchanged": 1}),
    "a conflict": Counts(
        {"id": "#7", "version": "1", "city": "Cluj"}, {"changed": 1, "conflicts": 1}, edits={"city": "Brno"}
    ),
    "two conflicts": Counts(
        {"id": "#7", "version": "1", "city": "Cluj", "zip": "1"},
        {"changed": 1, "conflicts": 2},
        edits={"city": "Brno", "zip": "2"},
    ),
    "a lead that looks the same": Counts(
        {"email": "a@example.com", "city": "Cluj"},
        {"duplicate": 1, "like_record": 1, "change": 1, "cells": 1},
    ),
    "a lead that looks the same, skipped": Counts(
        {"email": "a@example.com", "city": "Cluj"}, {"duplicate": 1, "like_record": 1}, choice="leave"
    ),
    "a lead that looks the same, added": Counts(
        {"email": "a@example.com"}, {"duplicate": 1, "like_record": 1, "add": 1}, choice="new"
    ),
    "an error": Counts({"last_name": "Pop", "email": "a@"}, {"error": 1}),
    "a skipped row": Counts({"last_name": "Pop"}, {"left_out": 1}, options={"mode": "update"}),
}


@pytest.mark.parametrize("case", COUNTS.values(), ids=COUNTS)
def test_the_counts_of_a_plan(case):
    told = {"found": {"leads": [lead(7, email="a@example.com")]}, "edits": {7: case.edits}, **case.options}
    with paper_check([*case.row], **told) as check:
        (plan,) = check.plan([row(2, [*case.row.values()], choice=case.choice)])
        assert {name: count for name, count in check.counts.items() if count} == case.counts
        # A row that is planned again is no longer counted as it was.
        check.add_to_counts(plan, -1)
        assert not any(check.counts.values())


def test_a_repeated_row_is_counted_as_one():
    cells = {"email": "b@example.com"}
    with paper_check([*cells]) as check:
        check.plan([row(2, [*cells.values()]), row(3, [*cells.values()])])
        assert {name: count for name, count in check.counts.items() if count} == {
            "new": 1, "add": 1, "duplicate": 1, "repeated": 1,
        }  # fmt: skip


DEPARTMENTS_OF = {
    "the first one of the importer": ((EXPORT, SALES), EXPORT),
    "the other one, if it comes first": ((SALES, EXPORT), SALES),
    "the only one": ((EXPORT,), EXPORT),
    "none": ((), None),
}


@pytest.mark.parametrize("case", DEPARTMENTS_OF.values(), ids=DEPARTMENTS_OF)
def test_the_department_that_new_leads_get_until_the_user_chooses(case, db):
    member_of, department = case
    user = ann(departments=member_of)
    assert RULES["lead"](KINDS["lead"], user).get_first_defaults()["department"] == department


def test_a_retired_department_of_the_importer_is_not_proposed(monkeypatch, db):
    monkeypatch.setattr(DEPARTMENTS[EXPORT], "retired", True)
    user = ann(departments=(EXPORT, SALES))
    assert RULES["lead"](KINDS["lead"], user).get_first_defaults()["department"] == SALES


CHOOSERS = {
    "who may assign, sees themself first": (True, ["", "Bob", "Ann", "Ben"]),
    "who may not assign, sees only themself": (False, ["", "Bob"]),
}


@pytest.mark.parametrize("case", CHOOSERS.values(), ids=CHOOSERS)
def test_the_owners_that_an_importer_can_choose(case, db):
    may_assign, names = case
    user = ann(ALL_RIGHTS if may_assign else ("view", "add", "import"))
    user.pk = BOB
    rules = RULES["lead"](KINDS["lead"], user)
    rules.owners = {
        pk: SimpleNamespace(pk=pk, name=name) for pk, name in ((BOB, "Bob"), (DAN, "Ben"), (ANN, "Ann"))
    }
    found = [(value, str(label)) for value, label in rules.get_choices()["owner"]]
    assert [label if value else "" for value, label in found] == names
