"""The path of a lead through the statuses of its pipeline: where it is, what each step needs, and how long it was there."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from leads.models import Lead, Pipeline, Status, StatusMove
from leads.page import status_path
from leads.page.status_path import (
    PathStep,
    get_asking_statuses,
    get_days_by_status,
    get_entered_stages,
    get_status_path,
)
from leads.statuses import reference_tables

SALES, RENEWALS = (
    Pipeline(pk=1, name="Sales", purpose="leads"),
    Pipeline(pk=2, name="Renewals", purpose="leads"),
)
STATUSES: dict[int, Any] = {
    1: Status(pk=1, name="New", kind="new", pipeline=SALES, next_statuses=[2, 6]),
    2: Status(pk=2, name="Contacted", kind="contacted", pipeline=SALES, required_fields=["company"]),
    3: Status(pk=3, name="Visited", kind="qualified", pipeline=SALES, retired=True),
    4: Status(pk=4, name="Proposal", kind="proposal", pipeline=SALES, required_fields=["company", "value"]),
    5: Status(pk=5, name="Won", kind="won", pipeline=SALES),
    6: Status(pk=6, name="Lost", kind="lost", pipeline=SALES),
    7: Status(pk=7, name="Lost before", kind="lost", pipeline=SALES, retired=True),
    8: Status(pk=8, name="Expiring", kind="new", pipeline=RENEWALS),
}


@pytest.fixture
def sales(db, monkeypatch):
    monkeypatch.setattr(reference_tables, "get_all_statuses", lambda: STATUSES)


class Path(NamedTuple):
    """A lead in a status, with this company, that was in statuses for so many days. `steps` are their names and places, and what
    each of them needs."""

    status: int
    steps: dict[str, tuple[str, str]]
    days: dict[int, int]
    company: str = ""


PATHS = {
    "a new lead": Path(
        1,
        {
            "New": ("here", ""),
            "Contacted": ("ahead", "company"),
            "Proposal": ("ahead", "company, value"),
            "Won": ("ahead", ""),
        },
        {1: 0},
    ),
    "one with the company that the next statuses need": Path(
        1,
        {
            "New": ("here", ""),
            "Contacted": ("ahead", ""),
            "Proposal": ("ahead", "value"),
            "Won": ("ahead", ""),
        },
        {1: 0},
        "Omnia",
    ),
    "one that has gone on says nothing of what the earlier ones need": Path(
        4,
        {"New": ("done", ""), "Contacted": ("done", ""), "Proposal": ("here", ""), "Won": ("ahead", "")},
        {1: 2, 2: 5, 4: 0},
    ),
    "one that skipped a status": Path(
        5,
        {
            "New": ("done", ""),
            "Contacted": ("ahead", "company"),
            "Proposal": ("done", ""),
            "Won": ("here", ""),
        },
        {1: 2, 4: 1, 5: 0},
    ),
    "one that went back from a later status": Path(
        2,
        {
            "New": ("done", ""),
            "Contacted": ("here", ""),
            "Proposal": ("ahead", "company, value"),
            "Won": ("ahead", ""),
        },
        {1: 2, 2: 1, 4: 3},
    ),
    "one in a retired status": Path(
        3,
        {
            "New": ("done", ""),
            "Contacted": ("ahead", "company"),
            "Visited": ("here", ""),
            "Proposal": ("ahead", "company, value"),
            "Won": ("ahead", ""),
        },
        {1: 2, 3: 1},
    ),
    "a lost one, at the end": Path(
        6,
        {
            "New": ("done", ""),
            "Contacted": ("ahead", "company"),
            "Proposal": ("ahead", "company, value"),
            "Won": ("ahead", ""),
            "Lost": ("here", ""),
        },
        {1: 2, 6: 1},
    ),
    "one of another pipeline": Path(8, {"Expiring": ("here", "")}, {8: 1}),
}


@pytest.mark.parametrize("case", PATHS.values(), ids=PATHS)
def test_where_a_lead_is_on_its_path_and_what_is_ahead(case, sales, monkeypatch):
    monkeypatch.setattr(status_path, "get_days_by_status", lambda record: case.days)
    steps = get_status_path(Lead(status=STATUSES[case.status], company=case.company))
    assert {step.status.name: (step.place, ", ".join(step.needs)) for step in steps} == case.steps
    assert [step.days for step in steps] == [case.days.get(step.status.pk) for step in steps]


def get_steps(lead: Lead) -> dict[str, PathStep]:
    return {step.status.name: step for step in get_status_path(lead)}


def test_a_step_asks_for_what_the_lead_does_not_have_wherever_it_is(sales, monkeypatch):
    monkeypatch.setattr(status_path, "get_days_by_status", lambda record: {2: 1, 4: 1})
    steps = get_steps(Lead(status=STATUSES[4], value=5))
    assert {name: step.asks for name, step in steps.items()} == {
        "New": False,
        "Contacted": True,
        "Proposal": True,
        "Won": False,
    }


def test_a_lost_lead_is_not_asked_for_its_reason_again(sales, monkeypatch):
    monkeypatch.setattr(status_path, "get_days_by_status", lambda record: {6: 1})
    assert not get_steps(Lead(status=STATUSES[6]))["Lost"].asks


def test_a_lead_may_move_to_the_statuses_that_follow_its_own(sales, monkeypatch):
    monkeypatch.setattr(status_path, "get_days_by_status", lambda record: {1: 1})
    steps = get_steps(Lead(status=STATUSES[1]))
    assert {name: step.allowed for name, step in steps.items()} == {
        "New": True,
        "Contacted": True,
        "Proposal": False,
        "Won": False,
    }


def test_a_step_asks_for_a_field_that_only_some_see_without_its_name(sales, monkeypatch, make_field, ada):
    field = make_field("Margin", roles=[ada.groups.get().pk])
    monkeypatch.setattr(status_path, "get_days_by_status", lambda record: {1: 1})
    extra = Status(pk=5, name="Won", kind="won", pipeline=SALES, required_fields=[field.name])
    monkeypatch.setattr(reference_tables, "get_all_statuses", lambda: STATUSES | {5: extra})
    lead: Any = Lead(status=STATUSES[1])
    setattr(lead, field.name, "")
    won = get_steps(lead)["Won"]
    assert (won.asks, won.needs) == (True, [])


# Name: the status of a lead without company and value, and which of all statuses ask for more than a reason.
ASKING = {
    "a new lead": (1, {2, 4}),
    "its own status asks for nothing": (2, {4}),
    "a lost lead": (6, {2, 4}),
}


@pytest.mark.parametrize("case", ASKING.values(), ids=ASKING)
def test_which_statuses_ask_for_more_than_a_reason(case, sales):
    status, asking = case
    assert get_asking_statuses(Lead(status=STATUSES[status]), STATUSES.values()) == asking


class Stay(NamedTuple):
    """A stay in a status that began and ended so many days ago; without an end, it goes on."""

    status: str
    began: float
    ended: float | None = None
    undone: bool = False
    of_another: bool = False


STAYS = {
    "a new lead": ((Stay("new", 0.5),), {"new": 0}),
    "the present stay goes on": ((Stay("new", 5.5, 3), Stay("contacted", 3.5)), {"new": 2, "contacted": 3}),
    "two stays are added": (
        (Stay("new", 9, 7.5), Stay("contacted", 7.5, 4), Stay("new", 4)),
        {"new": 5, "contacted": 3},
    ),
    "an undone move doesn't count": ((Stay("new", 5.5), Stay("contacted", 3, 2, undone=True)), {"new": 5}),
    "those of another lead don't count": ((Stay("new", 2.5), Stay("won", 1, of_another=True)), {"new": 2}),
}


@pytest.mark.parametrize("case", STAYS.values(), ids=STAYS)
def test_how_many_days_a_lead_was_in_each_status(case, make_lead, statuses):
    stays, days = case
    lead, another = make_lead(), make_lead()
    StatusMove.objects.all().delete()
    now = timezone.now()
    StatusMove.objects.bulk_create(
        StatusMove(
            lead=another if stay.of_another else lead,
            to_status=getattr(statuses, stay.status),
            entered=now - timedelta(days=stay.began),
            left=None if stay.ended is None else now - timedelta(days=stay.ended),
            undone=stay.undone,
        )
        for stay in stays
    )
    assert get_days_by_status(lead) == {getattr(statuses, name).pk: count for name, count in days.items()}


def test_the_history_of_a_lead_is_not_read_for_the_stages_that_it_was_in(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get_entered_stages(Lead(pk=1)) == set()
