"""What follows the leads that an import has written: which are assigned by rules, which may have been won, and how many were linked."""

from types import SimpleNamespace
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
        **options: Any,
    ):
        told = read(ann, ["last_name"], counts=dict(counts), **options)
        PlannedRow.objects.bulk_create(
            PlannedRow(
                of=told, row=row, verdict="new", action="add" if name.startswith("new") else "change",
                record=None if name.startswith("new") else leads[name].pk, values=values,
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
