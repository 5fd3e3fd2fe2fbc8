"""What becomes of the records of a status or source that is deleted, who may delete it, and what names its successor then."""

from typing import Any, NamedTuple

import pytest

from crm.models import Job, Operation, SavedView
from crm.platform.jobs import JobProblem
from crm.records.history.verb_execution import operation
from leads.models import Lead, Source, Status
from leads.settings import retirement
from leads.settings.retirement import (
    RetirementRefused,
    RowRetirement,
    _describe_job,
    describe_arrivals,
    get_channel_argument,
    get_possible_successors,
    replace_in_next_statuses,
    retire_setting,
)
from leads.settings.settings_tables import SETTINGS_TABLES
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]

pytestmark = pytest.mark.django_db

STATUS, SOURCE = SETTINGS_TABLES["status"], SETTINGS_TABLES["source"]
GONE, TAKEN = "This record no longer exists.", "The replacement is no longer in use."
REACH = "You don’t have permission to change all of the affected records. Ask an administrator."


class Case(NamedTuple):
    """The row that is deleted and its successor, by key; who does it, and the beginning of the sentence that refuses it."""

    table: str
    row: str
    successor: str | None
    by: str = "ada"
    refused: str = ""


# The leads are one of Sales and one of Export in each of these rows, the latter in Trash, and one elsewhere.
CASES = {
    "a status": Case("status", "qualified", "proposal"),
    "a source": Case("source", "event", "partner"),
    "a status without a successor": Case("status", "qualified", None, refused=REACH),
    "a source without a successor": Case("source", "event", None, refused=REACH),
    "a status that no record has": Case("status", "meeting", None),
    "a status that no record has, with a successor": Case("status", "meeting", "proposal"),
    "its own successor": Case("status", "qualified", "qualified", refused=TAKEN),
    "a successor of another pipeline": Case("status", "qualified", "negotiation", refused=TAKEN),
    "a successor that is retired": Case("source", "event", "retired", refused=TAKEN),
    "a successor that isn't there": Case("source", "event", "none", refused=TAKEN),
    "a row that isn't there": Case("source", "none", "partner", refused=GONE),
    "the status of new leads": Case("status", "new", "qualified", refused="New records start"),
    "a user who may not change all of the leads": Case("status", "qualified", "proposal", "ann", REACH),
    "a user who may not change all, and no record has it": Case("status", "meeting", "proposal", "ann"),
}


@pytest.fixture
def rows(statuses, sources, make_status) -> dict[tuple[str, str], Any]:
    make_status("Meeting")
    with operation("test", by=None):
        Status.objects.filter(name="Meeting").update(key="meeting")
        Source.objects.filter(key="referral").update(retired=True)
    found: dict[tuple[str, str], Any] = {}
    for table, model in (("status", Status), ("source", Source)):
        found |= {(table, row.key): row for row in model.objects.exclude(key="")}
    found["source", "retired"] = found["source", "referral"]
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_becomes_of_the_leads_of_a_row(case, rows, cast, departments, make_lead):
    row, successor = rows.get((case.table, case.row)), rows.get((case.table, case.successor or ""))
    pk, into = (one.pk if one else 10**9 for one in (row, successor))
    into = None if case.successor is None else into
    values = {case.table: row} if row and case.row not in ("meeting", "new") else {"status": "contacted"}
    mine = make_lead("Mine", owner=cast.bob, **values)
    far = make_lead("Far", department=departments.export, deleted_at="2026-01-05T00:00Z", **values)
    other = make_lead("Other", status="contacted", source="website")
    view = SavedView.objects.create(
        table="lead", owner=cast.ann, name="V", query=f"{case.table}={pk}&vip=yes"
    )
    retired = _get_retired()
    deleting = RowRetirement(SETTINGS_TABLES[case.table], pk, into)
    by = getattr(cast, case.by)
    if case.refused:
        with pytest.raises(RetirementRefused) as refused:
            deleting.carry_out(by=by)
        assert str(refused.value).startswith(case.refused)
        assert _get_retired() == retired
        assert not Operation.objects.filter(kind__startswith="retire_").exists()
    else:
        record = deleting.carry_out(by=by)
        assert _get_retired() == retired | {(case.table, pk)}
        assert record.kind == f"retire_{case.table}"
        assert (record.by, record.channel) == (by, "web")
        assert record.parameters["rows"] == [pk]
        assert record.parameters["successor"] == into
    moved = (
        values if case.refused else {case.table: successor} if case.row not in ("meeting", "new") else values
    )
    for lead in (mine, far):
        lead.refresh_from_db()
        for name, value in moved.items():
            assert getattr(lead, name) == (rows[name, value] if isinstance(value, str) else value)
    other.refresh_from_db()
    assert (other.status.key, other.source.key) == ("contacted", "website")
    view.refresh_from_db()
    named = pk if case.refused or into is None else into
    assert view.query == f"{case.table}={named}&vip=yes"


def _get_retired() -> set[tuple[str, int]]:
    return {
        (table, pk)
        for table, model in (("status", Status), ("source", Source))
        for pk in model.objects.filter(retired=True).values_list("pk", flat=True)
    }


# The reason that is given, whether the successor is a lost status, and the reason that the lead has then.
REASONS: dict[str, tuple[str | None, str]] = {
    "a reason": ("budget", "budget"),
    "another one": ("timing", "timing"),
}


@pytest.mark.parametrize(("given", "has"), REASONS.values(), ids=REASONS)
def test_leads_that_are_closed_get_the_reason_and_the_remark(given, has, statuses, reasons, make_lead, ada):
    lead = make_lead(status="qualified", owner=ada)
    reason = getattr(reasons, given).pk
    RowRetirement(STATUS, statuses.qualified.pk, statuses.lost.pk, reason, "Too late").carry_out(by=ada)
    lead.refresh_from_db()
    assert (lead.status.key, lead.lost_reason.key, lead.lost_remark) == ("lost", has, "Too late")


def test_leads_move_whatever_the_contract_of_the_status_says_and_no_reason_is_none(statuses, make_lead, ada):
    lead = make_lead(status="qualified", owner=ada)
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.proposal.pk).update(required_fields=["email"])
    verb = RowRetirement(STATUS, statuses.qualified.pk).build_verb(statuses.proposal.pk)
    assert (verb.reason, verb.without_contract) == (None, True)
    RowRetirement(STATUS, statuses.qualified.pk, statuses.proposal.pk).carry_out(by=ada)
    lead.refresh_from_db()
    assert lead.status == statuses.proposal


@pytest.mark.parametrize("successor", ["proposal", None], ids=["with a successor", "without one"])
def test_a_formula_that_names_a_status_keeps_it_if_it_has_a_successor(successor, rows, ada, monkeypatch):
    asked: list[tuple[str, set[str]]] = []

    def find(table: str, labels: set[str]) -> str:
        asked.append((table, labels))
        return "Change these formulas first."

    monkeypatch.setattr(retirement, "get_rewrite_obstacle", find)
    row = rows["status", "meeting"]
    deleting = RowRetirement(STATUS, row.pk, rows["status", successor].pk if successor else None)
    if successor is None:
        assert deleting.carry_out(by=ada).kind == "retire_status"
        assert asked == []
        return
    with pytest.raises(RetirementRefused, match="Change these formulas first"):
        deleting.carry_out(by=ada)
    assert asked == [("status", {"Meeting"})]


def test_the_source_of_a_lead_that_is_converted_changes_too(sources, make_lead, make_company, ada):
    lead = make_lead(source="event", owner=ada, client=make_company())
    RowRetirement(SOURCE, sources.event.pk, sources.partner.pk).carry_out(by=ada)
    lead.refresh_from_db()
    assert lead.source == sources.partner


def test_the_deals_of_a_stage_move_and_no_leads(statuses, make_deal, make_lead, ada):
    deal, lead = make_deal("Machine", status=statuses.negotiation), make_lead()
    deleting = RowRetirement(STATUS, statuses.negotiation.pk, statuses.deal_proposal.pk)
    assert list(deleting.records) == [deal]
    deleting.carry_out(by=ada)
    deal.refresh_from_db()
    assert deal.status == statuses.deal_proposal
    lead.refresh_from_db()
    assert lead.status == statuses.new


def test_what_can_take_the_place_of_a_row(statuses, sources, renewals):
    found = {status.key for status in get_possible_successors(statuses.qualified)}
    every = Status.objects.filter(pipeline=statuses.new.pipeline, retired=False).values_list("key", flat=True)
    assert found == set(every) - {"qualified"}
    in_renewals = Status.objects.filter(pipeline=renewals)
    assert get_possible_successors(in_renewals.first()) == list(in_renewals.in_order())[1:]
    with operation("test", by=None):
        Source.objects.filter(pk=sources.partner.pk).update(retired=True)
    others = [source.key for source in get_possible_successors(sources.event)]
    assert set(others) == {*vars(sources)} - {"event", "partner"}


# The statuses that one may lead to, the one that is deleted and its successor, and where it may lead then; "own" is itself.
NEXT: dict[str, tuple[list[str], str | None, list[str]]] = {
    "the deleted one": (["gone"], "next", ["next"]),
    "the deleted one among others": (["first", "gone", "last"], "next", ["first", "next", "last"]),
    "both": (["next", "gone"], "next", ["next"]),
    "itself as the successor": (["gone", "first"], "own", ["first"]),
    "no successor": (["gone", "first"], None, ["first"]),
    "others alone": (["first", "last"], "next", ["first", "last"]),
    "no other one": ([], "next", []),
}


@pytest.mark.parametrize(("before", "successor", "after"), NEXT.values(), ids=NEXT)
def test_what_leads_to_a_deleted_status_leads_to_its_successor(
    before, successor, after, make_status, renewals
):
    made = {name: make_status(name.title()) for name in ("gone", "next", "first", "last", "own")}
    ids = {name: status.pk for name, status in made.items()}
    away = Status.objects.filter(pipeline=renewals).first()
    with operation("test", by=None):
        Status.objects.filter(pk=made["own"].pk).update(next_statuses=[ids[name] for name in before])
        # One of another pipeline is left alone.
        Status.objects.filter(pk=away.pk).update(next_statuses=[ids["gone"]])
        replace_in_next_statuses(made["gone"], ids[successor] if successor else None)
    made["own"].refresh_from_db()
    assert made["own"].next_statuses == [ids[name] for name in after]
    made["first"].refresh_from_db()
    assert made["first"].next_statuses == []
    away.refresh_from_db()
    assert away.next_statuses == [ids["gone"]]


# The status that is deleted and those that its leads may move to; what is said of each, in a few words.
ARRIVALS: dict[str, tuple[str, list[str], list[str]]] = {
    "to another open status": ("qualified", ["proposal"], []),
    "to a won one": ("qualified", ["won"], ["count as won"]),
    "from a won one to itself in another name": ("won", ["won"], []),
    "to contacted": ("qualified", ["contacted"], ["count as contacted"]),
    "to a lost one": ("qualified", ["lost"], ["are closed"]),
    "from a lost one to a closed one": ("lost", ["disqualified"], []),
    "from a won one to a lost one": ("won", ["lost"], ["are closed"]),
    "to several": ("qualified", ["won", "proposal", "lost"], ["count as won", "are closed"]),
    "stages of deals": ("negotiation", ["deal_won", "deal_lost"], []),
}


@pytest.mark.parametrize(("row", "successors", "said"), ARRIVALS.values(), ids=ARRIVALS)
def test_what_moving_to_a_successor_means(row, successors, said, statuses, sources):
    found = describe_arrivals(getattr(statuses, row), [getattr(statuses, one) for one in successors])
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))
    assert describe_arrivals(sources.event, [sources.partner]) == []


def test_a_job_deletes_with_the_permission_and_says_why_it_didnt(statuses, make_lead, ada, bob):
    make_lead(status="qualified", owner=bob)

    def work(user: Any, successor: int) -> Operation | None:
        arguments = RowRetirement(STATUS, statuses.qualified.pk, successor).get_arguments()
        return retire_setting(Job(user=user, arguments=arguments), lambda done, total: None)

    with pytest.raises(JobProblem, match="no longer have permission"):
        work(bob, statuses.proposal.pk)
    with pytest.raises(JobProblem, match="no longer in use"):
        work(ada, statuses.qualified.pk)
    assert work(ada, statuses.proposal.pk).kind == "retire_status"
    assert Lead.objects.get().status == statuses.proposal


def test_what_a_job_is_given(statuses):
    deleting = RowRetirement(STATUS, 7, 8, 9, "x")
    told = {"table": "status", "pk": 7, "successor": 8, "reason": 9, "remark": "x"}
    assert deleting.get_arguments() == told
    assert RowRetirement(STATUS, 7, 8, 9, "x", channel="api").get_arguments() == told | {"channel": "api"}
    assert (get_channel_argument("web"), get_channel_argument("bulk")) == ({}, {"channel": "bulk"})
    assert _describe_job({"table": "status", "pk": statuses.lost.pk}) == "Deleting Lost"
    assert _describe_job({"pk": statuses.lost.pk}) == "Deleting Lost"
    assert _describe_job({}) == _describe_job({"pk": 0})
