"""Changes that a rule of leads forbids or completes: owners and departments, statuses, reasons, fields of departments."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.decisions.imports.on_paper import (
    ALL_RIGHTS,
    BOB,
    CONTACTED,
    DAN,
    EVE,
    EXPORT,
    LOST,
    NEW,
    OUTDATED,
    PRICE,
    QUALIFIED,
    RENEWED,
    SALES,
    TIMING,
    added,
    changed,
    custom,
    defined,
)

NO_RIGHT = "You don’t have permission to assign to other users."
ONLY_LOST = "Only lost leads can have this value."
NO_REASON = "Lost: A reason is required."
NOT_USED = "The record’s department doesn’t use this field."
MAY_NOT_ASSIGN = tuple(right for right in ALL_RIGHTS if right != "assign")


@dataclass(frozen=True)
class Case:
    """A lead of Bob in Sales with the status New, unless `now` says otherwise. `writes` is all that is written,
    `sees` are the departments of the importer."""

    row: dict[str, str]
    now: dict[str, Any] = field(default_factory=dict)
    writes: dict[str, Any] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    may: tuple[str, ...] = ALL_RIGHTS
    options: dict[str, Any] = field(default_factory=dict)
    fields: tuple[Any, ...] = ()
    sees: tuple[int, ...] = (SALES, EXPORT)


BOTH = {"owner": DAN, "department": EXPORT}
OWNERS = {
    "another owner of the department": Case({"owner": "Ann"}, writes={"owner": 11}),
    "an owner of another department takes the lead along": Case({"owner": "Dan"}, writes=BOTH),
    "owner and department": Case({"owner": "Dan", "department": "Export"}, writes=BOTH),
    "even if the file has the department that the lead is in": Case(
        {"owner": "Dan", "department": "Sales", "city": "Cluj"}, writes=BOTH | {"city": "Cluj"}
    ),
    "an owner who isn't in the new department": Case(
        {"owner": "Ann", "department": "Export"}, error=("owner", "Ann isn’t in Export.")
    ),
    "another department unassigns its owner": Case(
        {"department": "Export"}, writes={"department": EXPORT, "owner": None}
    ),
    "unless the owner belongs to it": Case(
        {"department": "Export"}, {"owner": DAN}, writes={"department": EXPORT}
    ),
    "an owner out of reach is unassigned too": Case(
        {"department": "Export"}, {"owner": EVE}, writes={"department": EXPORT, "owner": None}
    ),
    "another department of an unassigned lead": Case(
        {"department": "Export"}, {"owner": None}, writes={"department": EXPORT}
    ),
    "an owner none of whose departments the user sees": Case(
        {"owner": "Dan"}, error=("owner", "Dan isn’t in Sales."), sees=(SALES,)
    ),
    "no owner": Case({"owner": "=CLEAR"}, writes={"owner": None}),
    "no owner in another department": Case(
        {"owner": "=CLEAR", "department": "Export"}, writes={"owner": None, "department": EXPORT}
    ),
    "a user who may not assign changes no owner": Case(
        {"owner": "Ann"}, error=("owner", NO_RIGHT), may=MAY_NOT_ASSIGN
    ),
    "not even to themselves": Case(
        {"owner": "Ann"}, {"owner": None}, error=("owner", NO_RIGHT), may=MAY_NOT_ASSIGN
    ),
    "nor a department": Case({"department": "Export"}, error=("department", NO_RIGHT), may=MAY_NOT_ASSIGN),
    "but other fields": Case({"city": "Cluj"}, writes={"city": "Cluj"}, may=MAY_NOT_ASSIGN),
    "and the same owner is no change": Case({"owner": "Bob"}, may=MAY_NOT_ASSIGN),
}
STATUSES = {
    "another status": Case({"status": "Contacted"}, writes={"status": CONTACTED}),
    "the same status": Case({"status": "New"}),
    "a status without what it requires": Case(
        {"status": "Qualified"}, error=("company", "Qualified: Company is required.")
    ),
    "a status with what it requires in the file": Case(
        {"status": "Qualified", "company": "Acme"}, writes={"status": QUALIFIED, "company": "Acme"}
    ),
    "a status with what it requires in the record": Case(
        {"status": "Qualified"}, {"company": "Acme"}, writes={"status": QUALIFIED}
    ),
    "a status whose requirement the file clears": Case(
        {"status": "Qualified", "company": "=CLEAR"},
        {"company": "Acme"},
        error=("company", "Qualified: Company is required."),
    ),
    "a lead that is in such a status may lose it": Case(
        {"company": "=CLEAR"}, {"company": "Acme", "status": QUALIFIED}, writes={"company": ""}
    ),
    "a status of another pipeline": Case(
        {"status": "Renewed"}, error=("status", "Renewed: The lead is in another pipeline.")
    ),
    "a status out of another pipeline": Case(
        {"status": "New"}, {"status": RENEWED}, error=("status", "New: The lead is in another pipeline.")
    ),
    "a status that doesn't follow": Case(
        {"status": "New"},
        {"status": CONTACTED},
        error=("status", "New: Leads can’t move to this status from their current one."),
    ),
    "a retired status is left": Case(
        {"status": "Contacted"}, {"status": OUTDATED}, writes={"status": CONTACTED}
    ),
}
REASONS = {
    "lost without a reason": Case({"status": "Lost"}, error=("lost_reason", NO_REASON)),
    "lost with a reason": Case(
        {"status": "Lost", "lost_reason": "Price"}, writes={"status": LOST, "lost_reason": PRICE}
    ),
    "lost, and the import has a reason for all": Case(
        {"status": "Lost"},
        writes={"status": LOST, "lost_reason": TIMING},
        options={"defaults": {"lost_reason": TIMING}},
    ),
    "the reason in the file has priority": Case(
        {"status": "Lost", "lost_reason": "Price"},
        writes={"status": LOST, "lost_reason": PRICE},
        options={"defaults": {"lost_reason": TIMING}},
    ),
    "no longer lost": Case(
        {"status": "Contacted"},
        {"status": LOST, "lost_reason": PRICE, "lost_remark": "Too dear"},
        writes={"status": CONTACTED, "lost_reason": None, "lost_remark": ""},
    ),
    "no longer lost, without a remark": Case(
        {"status": "Contacted"},
        {"status": LOST, "lost_reason": PRICE},
        writes={"status": CONTACTED, "lost_reason": None},
    ),
    "no longer lost, with a new remark": Case(
        {"status": "Contacted", "lost_remark": "Back"},
        {"status": LOST, "lost_reason": PRICE},
        error=("lost_remark", ONLY_LOST),
    ),
    "no longer lost, with another remark": Case(
        {"status": "Contacted", "lost_remark": "Back"},
        {"status": LOST, "lost_reason": PRICE, "lost_remark": "Dear"},
        error=("lost_remark", ONLY_LOST),
    ),
    "a reason for a lead that isn't lost": Case({"lost_reason": "Price"}, error=("lost_reason", ONLY_LOST)),
    "a remark for a lead that isn't lost": Case({"lost_remark": "Dear"}, error=("lost_remark", ONLY_LOST)),
    "another reason for a lost lead": Case(
        {"lost_reason": "Price"}, {"status": LOST, "lost_reason": TIMING}, writes={"lost_reason": PRICE}
    ),
    "other fields of a lead with a leftover reason": Case(
        {"city": "Cluj"}, {"lost_reason": PRICE}, writes={"city": "Cluj"}
    ),
}
IN_EXPORT = custom("Course", departments=[EXPORT])
IN_SALES = custom("Course", departments=[SALES])
DEPARTMENTS = {
    "a field of another department": Case({"c1": "Maths"}, error=("c1", NOT_USED), fields=(IN_EXPORT,)),
    "a field of the department": Case({"c1": "Maths"}, writes={"c1": "Maths"}, fields=(IN_SALES,)),
    "a field of the new department": Case(
        {"c1": "Maths", "department": "Export", "owner": "Dan"},
        writes={"c1": "Maths", **BOTH},
        fields=(IN_EXPORT,),
    ),
    "a field of the new owner's department": Case(
        {"c1": "Maths", "owner": "Dan"}, writes={"c1": "Maths", **BOTH}, fields=(IN_EXPORT,)
    ),
    "a field that the new department doesn't use": Case(
        {"c1": "Maths", "department": "Export"}, error=("c1", NOT_USED), fields=(IN_SALES,)
    ),
    "a value from another department stays": Case(
        {"c1": "Maths", "city": "Cluj"}, {"c1": "Maths"}, writes={"city": "Cluj"}, fields=(IN_EXPORT,)
    ),
    "a value from another department may be cleared": Case(
        {"c1": "=CLEAR"}, {"c1": "Maths"}, writes={"c1": ""}, fields=(IN_EXPORT,)
    ),
}
NAMES = {
    "the last thing that names a lead": Case(
        {"name": "", "last_name": "=CLEAR"},
        {"first_name": ""},
        error=("name", "Enter at least a name, company, email or phone."),
    ),
    "a lead that has a company too": Case(
        {"last_name": "=CLEAR"}, {"first_name": "", "company": "Acme"}, writes={"last_name": ""}
    ),
}
CASES = OWNERS | STATUSES | REASONS | DEPARTMENTS | NAMES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_change_of_a_lead(case):
    with defined(case.fields):
        found = changed(case.row, case.now, may=case.may, sees=case.sees, **case.options)
    assert found.errors == ([case.error] if case.error else [])
    if not case.error:
        assert found.values == case.writes


@dataclass(frozen=True)
class New:
    row: dict[str, str]
    error: tuple[str, str] | None = None
    gets: dict[str, Any] = field(default_factory=dict)
    may: tuple[str, ...] = ALL_RIGHTS
    options: dict[str, Any] = field(default_factory=dict)


ADDED = {
    "an owner": New({"owner": "Bob"}, gets={"owner": BOB, "department": SALES}),
    "a user who may not assign takes leads": New({"owner": "Ann"}, gets={"owner": 11}, may=MAY_NOT_ASSIGN),
    "or leaves them unassigned": New({}, gets={"owner": None}, may=MAY_NOT_ASSIGN),
    "but gives them to no one else": New({"owner": "Bob"}, ("owner", NO_RIGHT), may=MAY_NOT_ASSIGN),
    "an owner by default who has left": New(
        {}, ("owner", "You can’t assign to this user."), options={"defaults": {"owner": EVE}}
    ),
    "a department by default that is gone": New(
        {}, ("department", "You can’t assign to this department."), options={"defaults": {"department": 9}}
    ),
    "no department": New(
        {}, ("department", "You can’t assign to this department."), options={"defaults": {"department": None}}
    ),
    "a new lead enters any status": New({"status": "Contacted"}, gets={"status": CONTACTED}),
    "of any pipeline": New({"status": "Renewed"}, gets={"status": RENEWED}),
    "that has what it requires": New({"status": "Qualified", "company": "A"}, gets={"status": QUALIFIED}),
    "or not": New({"status": "Qualified"}, ("company", "Qualified: Company is required.")),
    "a retired status by default": New(
        {}, ("status", "Outdated: This status is retired."), options={"defaults": {"status": OUTDATED}}
    ),
    "a status by default that is gone": New(
        {}, ("status", "This status no longer exists."), options={"defaults": {"status": 99}}
    ),
    "a reason for a new lead that isn't lost": New({"lost_reason": "Price"}, ("lost_reason", ONLY_LOST)),
    "a lost lead without a reason": New({"status": "Lost"}, ("lost_reason", NO_REASON)),
    "a new lead": New({}, gets={"status": NEW, "department": SALES}),
}


@pytest.mark.parametrize("case", ADDED.values(), ids=ADDED)
@pytest.mark.usefixtures("on_paper")
def test_a_new_lead(case):
    found = added({"last_name": "Pop", **case.row}, may=case.may, **case.options)
    assert found.errors == ([case.error] if case.error else [])
    if not case.error:
        assert {name: found.values.get(name) for name in case.gets} == case.gets
