"""Rows of one file that repeat each other: by ID, email, phone or the chosen field."""

from dataclasses import dataclass, field

import pytest

from crm.models import PlannedRow
from crm.transfer.imports.work.work_check import leave_out_repeated
from tests.decisions.imports.plan_on_paper import lead, planned

SAME_ID = "Row 2 has the same ID."


@dataclass(frozen=True)
class Case:
    """The last of the `rows` is the one in question: which row it `repeats`, and what the import `does` with it. `repeated`
    is the choice for all such rows, `choices` are those for single ones. The first row has the number 2."""

    rows: tuple[dict[str, str], ...]
    repeats: int | None = None
    does: str = "add"
    repeated: str = "leave"
    choices: dict[int, str] = field(default_factory=dict)
    match: str = "id_email_phone"
    error: str = ""


ANA, EVA, ION = {"email": "ana@example.com"}, {"email": "eva@example.com"}, {"email": "ion@example.com"}
BY_PHONE, LEAD = {"phone": "0722 5"}, {"id": "#7"}
WRONG = {"value": "many"}
# Lead 7 has the address lead@example.com and the phone 0722 7, lead 8 has only the phone 0722 8.
KNOWN, SHARED = {"email": "lead@example.com"}, {"id": "#8"}
CASES = {
    "an email that no other row has": Case((ANA, EVA)),
    "an email that an earlier row has": Case((ANA, ANA), repeats=2, does=""),
    "an email in capitals": Case((ANA, {"email": "ANA@example.com"}), repeats=2, does=""),
    "the third row repeats the first": Case((ANA, ANA, ANA), repeats=2, does=""),
    "all repeated rows are added": Case((ANA, ANA), repeats=2, repeated="new"),
    "this repeated row is added": Case((ANA, ANA), repeats=2, choices={3: "new"}),
    "this repeated row is skipped": Case(
        (ANA, ANA), repeats=2, does="", repeated="new", choices={3: "leave"}
    ),
    "only adding can make a repeated row more than skipped": Case(
        (ANA, ANA), repeats=2, does="", choices={3: "update"}
    ),
    "a row repeats the first one, even if the second was added": Case(
        (ANA, ANA, ANA), repeats=2, repeated="new"
    ),
    "a phone that an earlier row has": Case((BY_PHONE, BY_PHONE), repeats=2, does=""),
    "a phone of someone with another email": Case((ANA | BY_PHONE, EVA | BY_PHONE)),
    "a phone of someone with the same email": Case((ANA | BY_PHONE, ANA | BY_PHONE), repeats=2, does=""),
    "a phone of someone without an email": Case((BY_PHONE, EVA | BY_PHONE), repeats=2, does=""),
    "a phone, and this row has no email": Case((ANA | BY_PHONE, BY_PHONE), repeats=2, does=""),
    "a phone of a colleague, whose email another row has": Case(
        (ANA | BY_PHONE, EVA, EVA | BY_PHONE), repeats=3, does=""
    ),
    "a company that an earlier row has": Case(
        ({"company": "Acme"}, {"company": "ACME"}), repeats=2, does="", match="id_field"
    ),
    "a company, if rows are matched by email": Case((ANA | {"company": "A"}, EVA | {"company": "A"})),
    "rows without what they are matched by": Case(({"city": "Cluj"}, {"city": "Cluj"})),
    "rows that aren't matched": Case((ANA, ANA), match="none"),
    "rows that are matched by ID only": Case((ANA, ANA), match="id"),
    "an earlier row with an error isn't repeated": Case((ANA | WRONG, ANA)),
    "an earlier row that was skipped by its choice is": Case(
        (KNOWN, KNOWN), repeats=2, does="", choices={2: "leave"}
    ),
    "a company of people with different emails": Case(
        (ANA | {"company": "Acme"}, EVA | {"company": "Acme"}), repeats=2, does="", match="id_field_email"
    ),
    "a company that an earlier row with an ID has, with another email": Case(
        (LEAD | ANA | {"company": "Acme"}, EVA | {"company": "Acme"}),
        repeats=2,
        does="",
        match="id_field_email",
    ),
    "an ID twice": Case((LEAD, LEAD), does="", error=SAME_ID),
    "an ID that an earlier row doesn't change": Case((LEAD | {"city": "Arad"}, LEAD), does="", error=SAME_ID),
    "an ID whose earlier row is skipped": Case((LEAD, LEAD), does="change", choices={2: "leave"}),
    "an ID whose earlier row is added as a new lead": Case((LEAD, LEAD), does="change", choices={2: "new"}),
    "an ID whose earlier row is only filled": Case((LEAD, LEAD), does="", choices={2: "fill"}, error=SAME_ID),
    "an ID whose earlier row has an error": Case((LEAD | WRONG, LEAD), does="change"),
    "the email of a lead that an earlier row changes by its ID": Case((LEAD, KNOWN), repeats=2, does=""),
    "the phone of a lead that an earlier row changes by its ID": Case(
        (LEAD, {"phone": "0722 7"}), repeats=2, does=""
    ),
    "the ID of a lead that an earlier row changes by its email": Case((KNOWN, LEAD), does="", error=SAME_ID),
    "the ID of a lead whose earlier row with its email is skipped": Case(
        (KNOWN, LEAD), does="change", choices={2: "leave"}
    ),
    "the ID of a lead whose earlier row with its email is added": Case(
        (KNOWN, LEAD), does="change", choices={2: "new"}
    ),
    "the phone of a lead whose earlier row with its email is added": Case(
        (KNOWN, {"phone": "0722 7"}), repeats=2, does="", choices={2: "new"}
    ),
    "the phone of a lead without an email that an earlier row changes": Case(
        (SHARED | ANA, {"phone": "0722 8"}), repeats=2, does=""
    ),
    "the phone of a lead without an email that an earlier row gives to someone else": Case(
        (SHARED | ANA, EVA | {"phone": "0722 8"})
    ),
    "the same, and the earlier row has the phone too": Case(
        (SHARED | ANA | {"phone": "0722 8"}, EVA | {"phone": "0722 8"})
    ),
    "the same, and the earlier row has an email in capitals": Case(
        (SHARED | ANA, {"email": "ANA@example.com", "phone": "0722 8"}), repeats=2, does=""
    ),
    "the phone of a lead, and an earlier row of someone else with it is another lead": Case(
        (KNOWN | {"phone": "0722 8"}, EVA | {"phone": "0722 8"}), does="change"
    ),
    "the email of a lead whose earlier row with the ID was skipped": Case(
        (LEAD, KNOWN), does="change", choices={2: "leave"}
    ),
    "the email of a lead whose earlier row with the ID is added": Case(
        (LEAD, KNOWN), does="change", choices={2: "new"}
    ),
    "the email of a lead that an earlier row was skipped for": Case(
        (KNOWN, KNOWN), repeats=2, does="", choices={2: "new"}
    ),
    "the phone of a lead that an earlier row changes, by someone else": Case(
        (LEAD, ANA | {"phone": "0722 7"})
    ),
    "the email that an earlier row gives a lead": Case((LEAD | ANA, ANA), repeats=2, does=""),
    "the phone that an earlier row gives a lead": Case((LEAD | BY_PHONE, BY_PHONE), repeats=2, does=""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_that_may_repeat_an_earlier_one(case):
    columns = {name: None for row in ({"last_name": "Pop", "city": "Cluj"}, *case.rows) for name in row}
    plans = planned(
        *({"last_name": "Pop", "city": "Cluj", **row} for row in case.rows),
        leads=[lead(7, email="lead@example.com", phone="0722 7"), lead(8, phone="0722 8")],
        match=case.match,
        repeated=case.repeated,
        choices=case.choices,
    )
    last = plans[-1]
    assert (last.version if last.match == "file" else None, last.action) == (case.repeats, case.does)
    # The error is at the ID.
    assert last.errors == ([[[*columns].index("id"), case.error]] if case.error else [])
    if case.repeats:
        assert (last.verdict, last.choice) == ("duplicate", "new" if case.does else "leave")


def test_rows_of_a_file_of_new_records_only_may_repeat_each_other():
    """A row that isn't imported at all isn't repeated by another one."""
    known = {"last_name": "Pop", "email": "lead@example.com", "city": "Cluj"}
    leads = [lead(7, email="lead@example.com")]
    first, second = planned(known, known, leads=leads, mode="create")
    assert (first.verdict, second.verdict) == ("left_out", "left_out")
    first, second = planned(ANA | {"last_name": "Pop"}, ANA, mode="update")
    assert (first.verdict, second.verdict) == ("left_out", "left_out")


def test_a_skipped_row_has_the_names_that_no_one_knows():
    _first, second = planned(ANA | {"source": "", "tags": ""}, ANA | {"source": "Fair", "tags": "hot, fairs"})
    assert (second.verdict, second.unknown) == ("duplicate", [("source", "Fair"), ("tags", "fairs")])


REPEATED = {
    "new content": (["a"], [(2, "add", "")]),
    "content that is there": (["there"], [(2, "", "It exists.")]),
    "content of an earlier row": (["a", "b", "a"], [(2, "add", ""), (3, "add", ""), (4, "", "This row repeats row 2.")]),
    "content that is there, twice": (["there", "there"], [(2, "", "It exists."), (3, "", "It exists.")]),
    "other content after it": (["there", "a"], [(2, "", "It exists."), (3, "add", "")]),
}  # fmt: skip


@pytest.mark.parametrize("case", REPEATED.values(), ids=REPEATED)
def test_an_activity_or_a_task_that_was_there_or_in_an_earlier_row(case):
    contents, expected = case
    plans = [
        PlannedRow(row=number, action="add", verdict="new", values={"text": content})
        for number, content in enumerate(contents, 2)
    ]
    said = list(zip(plans, [(content,) for content in contents], strict=True))
    leave_out_repeated(said, {("there",)}, {}, "It exists.")
    found = [(plan.row, plan.action, plan.errors[0][1] if plan.errors else "") for plan in plans]
    assert found == expected
    assert [plan.verdict for plan in plans] == [
        "new" if does else "left_out" for _row, does, _why in expected
    ]
    assert [bool(plan.values) for plan in plans] == [bool(does) for _row, does, _why in expected]


@dataclass(frozen=True)
class Keys:
    """What two rows would have to share to be checked together."""

    row: dict[str, str]
    keys: tuple[str, ...]
    match: str = "id_field_email"


KEYS = {
    "the ID": Keys({"id": "#7"}, ("id:7",)),
    "an ID without a lead": Keys({"id": "#9"}, ("id:9",)),
    "an email, and the lead that has it": Keys(KNOWN, ("id:7", "email:lead@example.com")),
    "a new email": Keys(ANA, ("email:ana@example.com",)),
    "a company, and the lead that has it": Keys({"company": "Acme"}, ("id:7", "field:acme")),
    "a phone, and the lead that has it": Keys(
        {"phone": "0722 7"}, ("id:7", "phone:0722 7"), match="id_email_phone"
    ),
    "nothing": Keys({"city": "Cluj"}, ()),
    "everything of the same lead": Keys(
        KNOWN | {"id": "#7", "company": "Acme"}, ("id:7", "email:lead@example.com", "field:acme")
    ),
}


@pytest.mark.parametrize("case", KEYS.values(), ids=KEYS)
def test_the_keys_of_a_row(case):
    leads = [lead(7, email="lead@example.com", phone="0722 7", company="Acme")]
    (plan,) = planned({"last_name": "Pop", **case.row}, leads=leads, match=case.match)
    assert plan.keys == list(case.keys)
