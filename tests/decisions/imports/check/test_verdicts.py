"""What becomes of a row: added, changed, unchanged, a duplicate, skipped or an error, by its options and by its match."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.decisions.imports.on_paper import ALL_RIGHTS
from tests.decisions.imports.plan_on_paper import lead, planned

EXISTS = "This record already exists."
NOT_YET = "This record doesn’t exist yet."
NO_ACCESS = "You don’t have access to a record with this ID. Clear the cell to add the row as a new record."
MERGED = "The record with this ID was merged into the record with the ID 9. Enter that ID to change it."
SEVERAL = "2 of your records have this value, so it’s unclear which one this row belongs to."
NOT_ALLOWED = "You don’t have permission to change this record."
ONLY_ADDS = tuple(right for right in ALL_RIGHTS if right != "change")


@dataclass(frozen=True)
class Case:
    """Lead 7 `had` this city. `duplicates` is the choice for all rows that look like a lead, `choice` the one for this
    row. `is_` is the verdict, `does` what the import will do, `keeps` the choice that the preview shows."""

    is_: str
    does: str = ""
    keeps: str = ""
    sentence: str = ""
    mode: str = "both"
    duplicates: str = "update"
    choice: str = ""
    city: str = "Cluj"
    had: str = "Arad"
    may: tuple[str, ...] = ALL_RIGHTS


# The ID is certain, so the choice for rows that look like a lead doesn't apply.
BY_ID = {
    "it changes the lead": Case("changed", "change", "update"),
    "it changes nothing": Case("unchanged", "", "update", city="Arad"),
    "only existing records": Case("changed", "change", "update", mode="update"),
    "only new records": Case("left_out", sentence=EXISTS, mode="create"),
    "all duplicates are skipped": Case("changed", "change", "update", duplicates="leave"),
    "all duplicates are added": Case("changed", "change", "update", duplicates="new"),
    "all duplicates are only filled": Case("changed", "change", "update", duplicates="fill"),
    "this row is updated": Case("changed", "change", "update", duplicates="leave", choice="update"),
    "this row fills what is empty, and nothing is": Case("duplicate", "", "fill", choice="fill"),
    "this row fills a city": Case("changed", "change", "fill", choice="fill", had=""),
    "this row would fill a city, but the user may not": Case(
        "left_out", "", "fill", NOT_ALLOWED, choice="fill", had="", may=ONLY_ADDS
    ),
    "this row has nothing at all to fill": Case("duplicate", "", "fill", choice="fill", city=""),
    "this row is skipped": Case("duplicate", "", "leave", choice="leave"),
    "this row is added": Case("duplicate", "add", "new", choice="new"),
    "this row is skipped, only new records": Case("duplicate", "", "leave", choice="leave", mode="create"),
    "this row is added, only new records": Case("duplicate", "add", "new", choice="new", mode="create"),
    "this row is added, only existing records": Case(
        "left_out", "", "new", NOT_YET, choice="new", mode="update"
    ),
    "the user may not change leads": Case("left_out", "", "update", NOT_ALLOWED, may=ONLY_ADDS),
    "nothing to change is allowed to all": Case("unchanged", "", "update", city="Arad", may=ONLY_ADDS),
}
# The user is asked about each row that would change a lead.
BY_EMAIL = {
    "it changes the lead": Case("duplicate", "change", "update"),
    "it changes nothing": Case("unchanged", "", "update", city="Arad"),
    "only existing records": Case("duplicate", "change", "update", mode="update"),
    "only new records": Case("left_out", "", "update", EXISTS, mode="create"),
    "all are skipped": Case("duplicate", "", "leave", duplicates="leave"),
    "all are skipped, only new records": Case("duplicate", "", "leave", duplicates="leave", mode="create"),
    "all are added": Case("duplicate", "add", "new", duplicates="new"),
    "all are added, only new records": Case("duplicate", "add", "new", duplicates="new", mode="create"),
    "all are added, only existing records": Case(
        "left_out", "", "new", NOT_YET, duplicates="new", mode="update"
    ),
    "all are only filled, and nothing is empty": Case("unchanged", "", "fill", duplicates="fill"),
    "all are only filled, and only new records": Case(
        "left_out", "", "fill", EXISTS, duplicates="fill", mode="create"
    ),
    "this row fills a city": Case("duplicate", "change", "fill", choice="fill", had=""),
    "this row would fill a city, but the user may not": Case(
        "left_out", "", "fill", NOT_ALLOWED, choice="fill", had="", may=ONLY_ADDS
    ),
    "this row is filled, and nothing is empty": Case("duplicate", "", "fill", choice="fill"),
    "this row is updated and changes nothing": Case("unchanged", "", "update", choice="update", city="Arad"),
    "this row is updated, the others are skipped": Case(
        "duplicate", "change", "update", duplicates="leave", choice="update"
    ),
    "this row is skipped, the others are added": Case(
        "duplicate", "", "leave", duplicates="new", choice="leave"
    ),
    "this row is added, the others are skipped": Case(
        "duplicate", "add", "new", duplicates="leave", choice="new"
    ),
    "the user may not change leads": Case("left_out", "", "update", NOT_ALLOWED, may=ONLY_ADDS),
    "the user may not change leads, and adds it": Case(
        "duplicate", "add", "new", choice="new", may=ONLY_ADDS
    ),
}
NEW = {
    "it is added": Case("new", "add"),
    "only new records": Case("new", "add", mode="create"),
    "only existing records": Case("left_out", sentence=NOT_YET, mode="update"),
    "the choice for duplicates doesn't matter": Case("new", "add", duplicates="leave"),
    "nor does an earlier choice for this row": Case("new", "add", choice="leave"),
    "nor the right to change": Case("new", "add", may=ONLY_ADDS),
}
CASES = {
    **{f"with an ID: {name}": ("id", case) for name, case in BY_ID.items()},
    **{f"with an email: {name}": ("email", case) for name, case in BY_EMAIL.items()},
    **{f"with the chosen field: {name}": ("field", case) for name, case in BY_EMAIL.items()},
    **{f"new: {name}": ("", case) for name, case in NEW.items()},
}
CELLS = {
    "id": {"id": "#7"},
    "email": {"email": "a@example.com"},
    "field": {"company": "Acme"},
    "": {"email": "new@example.com", "company": "New"},
}


@pytest.mark.parametrize(("match", "case"), CASES.values(), ids=CASES)
def test_a_row(match, case):
    (plan,) = planned(
        {**CELLS[match], "last_name": "Pop", "city": case.city},
        leads=[lead(7, email="a@example.com", company="Acme", city=case.had)],
        choices={2: case.choice},
        match="id_field_email",
        mode=case.mode,
        duplicates=case.duplicates,
        may=case.may,
    )
    assert (plan.verdict, plan.action, plan.choice) == (case.is_, case.does, case.keeps)
    assert plan.match == match
    assert plan.errors == ([[None, case.sentence]] if case.sentence else [])
    # Only a change needs the version, so that a colleague's later edit isn't overwritten.
    assert plan.version == (3 if plan.choice in ("update", "fill") and case.sentence != EXISTS else None)
    assert bool(plan.values) == bool(case.does)
    assert plan.old == ({"city": case.had} if case.does == "change" else {})
    assert plan.record == (None if match == "id" and case.sentence == EXISTS else 7 if match else None)


@dataclass(frozen=True)
class Match:
    """Which of some leads a row means. Their IDs are in the order in which they were added."""

    row: dict[str, str]
    leads: tuple[dict[str, Any], ...]
    record: int | None = None
    by: str = ""
    way: str = "id_email_phone"
    error: tuple[int, str] | None = None
    found: dict[str, Any] = field(default_factory=dict)
    choice: str = ""


ANA, EVA = lead(7, email="ana@example.com", phone="0722 1"), lead(8, email="eva@example.com", phone="0722 2")
NO_EMAIL = lead(9, phone="0722 3")
MATCHES = {
    "the ID": Match({"id": "#7"}, (ANA, EVA), 7, "id"),
    "the ID comes before the email": Match({"id": "#7", "email": "eva@example.com"}, (ANA, EVA), 7, "id"),
    "an ID without a lead doesn't fall back on the email": Match(
        {"id": "#5", "email": "eva@example.com"}, (ANA, EVA), by="id", error=(0, NO_ACCESS)
    ),
    "the ID of a merged lead": Match({"id": "#5"}, (ANA,), by="id", error=(0, MERGED), found={"merged": {5: 9}}),
    "an ID that counts again, although a lead was merged into it": Match(
        {"id": "#7"}, (ANA,), 7, "id", found={"merged": {7: 9}}
    ),
    "an ID isn't looked at": Match({"id": "#7", "email": "eva@example.com"}, (ANA, EVA), 8, "email", way="email"),
    "the email": Match({"email": "EVA@example.com"}, (ANA, EVA), 8, "email"),
    "another email": Match({"email": "ion@example.com"}, (ANA, EVA)),
    "the email isn't looked at": Match({"email": "eva@example.com"}, (ANA, EVA), way="none"),
    "nothing is looked at, not even an ID": Match({"id": "#7", "last_name": "Rus"}, (ANA, EVA), way="none"),
    "the email comes before the phone": Match({"email": "eva@example.com", "phone": "0722 1"}, (ANA, EVA), 8, "email"),
    "the phone": Match({"phone": "0722 2"}, (ANA, EVA), 8, "phone"),
    "the phone isn't looked at": Match({"phone": "0722 2"}, (ANA, EVA), way="id_email"),
    "the phone of someone with another email is a colleague": Match(
        {"phone": "0722 2", "email": "ion@example.com"}, (ANA, EVA)
    ),
    "the phone of someone without an email": Match(
        {"phone": "0722 3", "email": "ion@example.com"}, (ANA, NO_EMAIL), 9, "phone"
    ),
    "the phone, and the row has no email": Match({"phone": "0722 3"}, (ANA, NO_EMAIL), 9, "phone"),
    "the phone, and the email in capitals": Match(
        {"phone": "0722 2", "email": "EVA@example.com"}, (ANA, EVA), 8, "phone", way="phone"
    ),
    "the phone, and the email of the lead in capitals": Match(
        {"phone": "0722 2", "email": "eva@example.com"}, (lead(8, email="EVA@example.com", phone="0722 2"),), 8, "phone", way="phone",
    ),
    "a company that two leads have": Match(
        {"company": "Acme"}, (ANA,), way="id_field", error=(0, SEVERAL), found={"several": {"acme": 2}}
    ),
    "a company that two leads have, but the email says which": Match(
        {"company": "Acme", "email": "ana@example.com"}, (ANA,), 7, "email", way="id_field_email",
        found={"several": {"acme": 2}},
    ),
    "a company that two leads have, and the row is new anyway": Match(
        {"company": "Acme"}, (ANA,), way="id_field", choice="new", found={"several": {"acme": 2}}
    ),
    "the chosen field comes before the email": Match(
        {"company": "Acme", "email": "eva@example.com"}, (lead(6, company="Acme", email="ion@example.com"), EVA), 6, "field", way="id_field_email"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MATCHES.values(), ids=MATCHES)
def test_the_lead_that_a_row_means(case):
    row = {**case.row, "city": "Cluj"}
    (plan,) = planned(row, leads=case.leads, match=case.way, found=case.found, choices={2: case.choice})
    assert (plan.record, plan.match) == (case.record, case.by)
    assert plan.errors == ([[*case.error]] if case.error else [])
    assert plan.action == ("" if case.error else "change" if case.record else "add")


def test_an_error_of_a_row_is_at_the_column_where_it_can_be_corrected():
    row = {"last_name": "Pop", "email": "a@", "status": "Lost"}
    (plan,) = planned(row)
    assert (plan.verdict, plan.action, plan.values) == ("error", "", {})
    assert plan.errors == [[1, "Enter a valid email address."]]
    # The reason has no column, but the status has.
    (plan,) = planned({**row, "email": ""})
    assert plan.errors == [[2, "Lost: A reason is required."]]
    known = lead(7, company="Acme", city="")
    for choice in ("update", "fill"):
        for cells in ({"id": "#7"}, {"company": "Acme"}):
            row = {**cells, "city": "Cluj", "email": "a@"}
            (plan,) = planned(row, leads=[known], choices={2: choice}, match="id_field")
            assert (plan.verdict, plan.action, plan.values) == ("error", "", {})
            assert plan.errors == [[2, "Enter a valid email address."]]


def test_a_sentence_is_shown_once():
    (plan,) = planned({"name": "", "email": "", "source": "Fair", "tags": "fairs, fairs"})
    assert plan.errors == [[2, "Unknown value for source: “Fair”."], [3, "Unknown tag: “fairs”."]]


def test_a_planned_row_has_the_names_that_no_one_knows():
    for row, leads in (({"last_name": "Pop"}, []), ({"id": "#7"}, [lead(7)])):
        (plan,) = planned({**row, "source": "Fair", "tags": "hot, fairs"}, leads=leads)
        assert (plan.verdict, plan.unknown) == ("error", [("source", "Fair"), ("tags", "fairs")])


def test_a_row_is_called_by_its_name_and_what_else_identifies_it():
    (plan,) = planned({"first_name": "Ana", "last_name": "Pop", "company": "Acme", "city": "Cluj"})
    assert (plan.title, plan.subtitle) == ("Ana Pop", "Acme")
    (plan,) = planned({"name": "", "city": "Cluj", "email": "a@"}, name_from="city")
    assert (plan.title, plan.subtitle, plan.named) == ("a@", "a@", False)
    (plan,) = planned({"name": "", "city": "Cluj"}, name_from="city")
    assert (plan.title, plan.named, plan.values["last_name"]) == ("Cluj", True, "Cluj")


def test_columns_that_go_into_the_description():
    row = {"last_name": "Pop", "notes": "Hall 7"}
    (plan,) = planned(row)
    assert plan.values["description"] == "Notes: Hall 7"
    for cells in ({"id": "#7"}, {"email": "a@example.com"}):
        (plan,) = planned({**row, **cells}, leads=[lead(7, email="a@example.com", description="Old")])
        assert plan.values["description"] == "Old\nNotes: Hall 7"


def test_values_are_kept_by_the_columns_of_the_database():
    row = {"id": "#7", "status": "Contacted", "value": "12.50", "tags": "hot"}
    (plan,) = planned(row, leads=[lead(7)])
    assert plan.values == {"status_id": 22, "value": "12.50", "tags": [61]}
    assert plan.old == {"status_id": 21, "value": None, "tags": []}
