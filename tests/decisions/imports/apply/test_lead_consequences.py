"""What follows the leads that an import has written: which are assigned by rules, which may have been won, and how many were linked."""

from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import pytest

from crm.models import PlannedRow
from crm.records.kinds.kind_registry import KINDS
from leads.imports.lead_import import LeadImport
from leads.models import AssignmentRule

pytestmark = pytest.mark.django_db
ACME, OMNIA = "Acme", "Omnia"


@pytest.fixture
def imported(read, ann, make_lead, bob, monkeypatch):
    """Runs the consequences of an import that has added "new" and "new of Bob", and changed "kept", "moved" and "refused", which
    wasn't written; says what was asked for, by the names of the leads."""
    leads = {name: make_lead(name) for name in ("new", "kept", "moved", "refused")}
    leads["new of Bob"] = make_lead("new of Bob", owner=bob)
    names = {lead.pk: name for name, lead in leads.items()}

    def run(
        rows: dict[str, dict[str, Any]],
        *,
        counts: Any = (),
        rights: bool = True,
        rules: bool = True,
        like: Mapping[str, str] = MappingProxyType({}),
        **options: Any,
    ):
        told = read(ann, ["last_name"], counts=dict(counts), **options)
        PlannedRow.objects.bulk_create(
            PlannedRow(
                of=told, row=row, verdict="new", action="add" if name.startswith("new") else "change",
                record=None if name.startswith("new") and name not in like else leads[like.get(name, name)].pk,
                values=values,
            )
            for row, (name, values) in enumerate(rows.items(), 2)
        )  # fmt: skip
        asked: dict[str, Any] = {}
        monkeypatch.setattr(
            "leads.assignment.new_leads.assign_new_leads",
            lambda record, ids, way, silent: asked.update(
                assigned=[names[pk] for pk in ids], way=way, silent=silent
            ),
        )
        monkeypatch.setattr(
            "leads.statuses.won_leads.run_won_followers",
            lambda record, ids: asked.update(won=[names[pk] for pk in ids]),
        )
        monkeypatch.setattr("leads.imports.lead_import.get_rules_for", lambda way: [7] * rules)
        decides = LeadImport(KINDS["lead"], ann)
        decides.may_assign = rights
        written = [leads[name].pk for name in reversed(rows) if name != "refused"]
        # Another import has changed the new lead.
        PlannedRow.objects.create(
            of=read(ann, ["last_name"]), row=2, verdict="changed", action="change", record=leads["new"].pk
        )
        decides.write_consequences(SimpleNamespace(), told, written)
        return asked, told.counts

    return run


STATUS = {"status_id": 5}
ROWS = {"new": {}, "kept": {"city": "Cluj"}, "moved": STATUS, "refused": STATUS, "new of Bob": STATUS}


class Rules(NamedTuple):
    """Whether the user asked for the rules, may assign, and whether there are any for imports."""

    assigned: bool
    asked: bool = True
    may: bool = True
    there: bool = True
    silent: bool = False


RULES = {
    "the user asked for it": Rules(True),
    "without notifications": Rules(True, silent=True),
    "the user didn't ask": Rules(False, asked=False),
    "the user may not assign": Rules(False, may=False),
    "there are no rules for imports any more": Rules(False, there=False),
}


@pytest.mark.parametrize("case", RULES.values(), ids=RULES)
def test_only_new_leads_without_an_owner_are_assigned_by_rules(case, imported):
    asked, _counts = imported(
        ROWS, rights=case.may, rules=case.there, by_rules=case.asked, silent=case.silent
    )
    asked.pop("won")
    told = {"assigned": ["new"], "way": AssignmentRule.Way.IMPORT, "silent": case.silent}
    assert asked == (told if case.assigned else {})


def test_leads_whose_status_the_file_leaves_as_it_is_are_not_won_again(imported):
    asked, _counts = imported(ROWS)
    assert asked == {"won": ["new", "moved", "new of Bob"]}


def test_a_lead_that_an_added_row_looks_like_may_be_won_by_another_row(imported):
    asked, _counts = imported(ROWS, like={"new": "moved"})
    assert asked == {"won": ["new", "moved", "new of Bob"]}


class Links(NamedTuple):
    """Which company each row is linked to, and how many rows are counted for which companies after the import."""

    rows: dict[str, str]
    counted: list[tuple[str, int]]


LINKS = {
    "new leads and changed ones": Links(
        {"new": ACME, "kept": OMNIA, "new of Bob": ACME}, [(ACME, 2), (OMNIA, 1)]
    ),
    "a lead that couldn't be changed": Links({"new": ACME, "refused": OMNIA}, [(ACME, 1)]),
    "only leads that couldn't be changed": Links({"refused": OMNIA}, []),
}


@pytest.mark.parametrize("case", LINKS.values(), ids=LINKS)
def test_the_links_that_are_counted_are_those_that_were_written(case, imported, make_company):
    companies = {name: make_company(name).pk for name in (ACME, OMNIA)}
    planned = {"rows": 4, "all": 2, "named": [[ACME, 2], [OMNIA, 2]]}
    other = {"rows": 1, "all": 1, "named": [["Alba", 1]]}
    rows = {name: {"known_company_id": companies[company]} for name, company in case.rows.items()}
    _asked, counts = imported(
        rows | {"moved": STATUS}, counts={"known_companies": planned, "several_companies": other, "add": 3}
    )
    assert counts == {
        "known_companies": {
            "rows": sum(number for _name, number in case.counted),
            "all": len(case.counted),
            "named": [[name, number] for name, number in case.counted],
        },
        "several_companies": other,
        "add": 3,
    }


def test_an_import_that_planned_no_links_counts_none(imported):
    _asked, counts = imported(ROWS, counts={"add": 2})
    assert counts == {"add": 2}


class Link(NamedTuple):
    """A row of a file: the lead that it changes, if any, with its links, and the company that is found for it, 0 for several."""

    linked: bool
    lead: dict[str, Any] | None = None
    found: int | None = 5
    unclear: str = ""


FREE = {
    "a new lead": Link(True),
    "a lead without a company": Link(True, {}),
    "a lead with a known company": Link(False, {"known_company": True}),
    "a lead that became a company": Link(False, {"client": True}),
    "a lead that became a contact": Link(False, {"client_contact": True}),
    "no company is found": Link(False, found=None),
    "several companies may be meant": Link(False, found=0, unclear="Acme"),
}


@pytest.mark.parametrize("case", FREE.values(), ids=FREE)
def test_which_leads_of_a_file_are_linked(case, ann, make_lead, make_company, make_contact, monkeypatch):
    company, contact = make_company(), make_contact()
    record = None
    if case.lead is not None:
        links = {name: contact if name == "client_contact" else company for name in case.lead}
        record = {"id": make_lead("Ana", **links).pk}
        # Another lead has all of them.
        make_lead("Eva", known_company=company, client=company, client_contact=contact)
    asked = []

    def find(leads: list[Any], user: Any) -> dict[int, int]:
        asked.extend(lead.company or lead.email for lead in leads)
        return {lead.pk: case.found for lead in leads if case.found is not None and lead.company}

    monkeypatch.setattr("leads.imports.company_links.find_companies", find)
    decides = LeadImport(KINDS["lead"], ann)
    rows = [({"email": "eva@a.example"}, None), ({"company": "Acme", "email": "ana@a.example"}, record)]
    assert decides.link_together(rows) == ({1: 5} if case.linked else {})
    assert dict(decides.linked) == ({5: 1} if case.linked else {})
    assert dict(decides.unclear) == ({case.unclear: 1} if case.unclear else {})
    assert asked == ["eva@a.example", *(["Acme"] if not case.lead else [])]


WON, OPEN = 8, 9
ENTERED = {
    "a new lead that is won": ({"status_id": WON}, None, True),
    "a new lead that isn't": ({"status_id": OPEN}, None, False),
    "a lead that becomes won": ({"status_id": WON}, {"id": 7, "status": OPEN}, True),
    "a lead that was won already": ({"status_id": WON}, {"id": 7, "status": WON}, False),
    "a lead whose status stays": ({"city": "Cluj"}, {"id": 7, "status": WON}, False),
}


@pytest.mark.parametrize(("values", "record", "asked"), ENTERED.values(), ids=ENTERED)
def test_which_leads_of_a_file_must_be_winnable(values, record, asked, ann, monkeypatch):
    decides = LeadImport(KINDS["lead"], ann)
    decides.statuses = {WON: SimpleNamespace(kind="won"), OPEN: SimpleNamespace(kind="new")}
    monkeypatch.setattr(
        "leads.statuses.won_leads.get_winning_problems",
        lambda leads, user: {lead.pk: "no_owner" for lead in leads},
    )
    found = decides.judge_together([({}, None), (values, record)])
    assert {place: name for place, (name, _reason) in found.items()} == ({1: "status"} if asked else {})
