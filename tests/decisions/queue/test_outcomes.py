"""What a lead in the queue can be offered: by the category of its status, and by where it may move."""

from typing import Any, NamedTuple

import pytest

from leads.models import Lead, Pipeline, QueueRules, Status
from leads.queue import outcomes
from leads.queue.outcomes import (
    BY_CATEGORY,
    can_move_to_status,
    get_first_status,
    get_outcome,
    get_outcomes,
)

SALES, RETIRED, OTHER = (
    Pipeline(pk=1, name="Sales"),
    Pipeline(pk=2, name="Old", retired=True),
    Pipeline(pk=3, name="Renewals"),
)
KINDS = ("new", "contacted", "qualified", "proposal", "won", "lost", "disqualified")
NUMBER = {kind: number for number, kind in enumerate(KINDS, 1)}


def statuses(**changed: dict[str, Any]) -> dict[int, Status]:
    """One status of each category, in this order, and what differs."""
    return {
        NUMBER[kind]: Status(
            **{"pk": NUMBER[kind], "name": kind.title(), "kind": kind, "pipeline": SALES}
            | changed.get(kind, {})
        )
        for kind in KINDS
    }


class Case(NamedTuple):
    """A lead with a status of this category; each offer with the category that the lead moves to, '' for none."""

    of: str
    offers: dict[str, str]
    changed: dict[str, dict[str, Any]] = {}
    off: tuple[str, ...] = ()


CALLED = {"no_answer": "", "wrong_number": "", "tomorrow": ""}
FROM_NEW = {"reached": "contacted", **CALLED, "qualified": "qualified", "disqualified": "disqualified"}
FROM_CONTACTED = {"reached": "", **CALLED, "qualified": "qualified", "lost": "lost"}
PUT_OFF = {"tomorrow": "", "next_week": ""}
CLOSED = {"done": "", **PUT_OFF}
CASES = {
    "a new lead": Case("new", FROM_NEW),
    "a contacted lead": Case("contacted", FROM_CONTACTED),
    "a qualified lead": Case(
        "qualified", {"reached": "", "no_answer": "", **PUT_OFF, "proposal": "proposal", "lost": "lost"}
    ),
    "a lead with a proposal": Case(
        "proposal", {"reached": "", "no_answer": "", **PUT_OFF, "won": "won", "lost": "lost"}
    ),
    "a won lead": Case("won", CLOSED),
    "a lost lead": Case("lost", CLOSED),
    "a disqualified lead": Case("disqualified", CLOSED),
    "without a status to disqualify, a new lead can be lost": Case(
        "new", FROM_NEW | {"disqualified": "lost"}, {"disqualified": {"retired": True}}
    ),
    "without a status for lost, a contacted lead can be disqualified": Case(
        "contacted", FROM_CONTACTED | {"lost": "disqualified"}, {"lost": {"retired": True}}
    ),
    "a move that has no status isn't offered": Case(
        "contacted",
        {"reached": "", **CALLED, "lost": "lost"},
        {"qualified": {"retired": True}},
    ),
    "a call is offered although the lead can't move on": Case(
        "new", FROM_NEW | {"reached": ""}, {"contacted": {"retired": True}}
    ),
    "only where the present status leads": Case(
        "new",
        {"reached": "contacted", **CALLED, "disqualified": "lost"},
        {"new": {"next_statuses": [NUMBER["contacted"], NUMBER["lost"]]}},
    ),
    "only statuses of the lead's pipeline": Case(
        "contacted", {"reached": "", **CALLED, "lost": "lost"}, {"qualified": {"pipeline": OTHER}}
    ),
    "outcomes that are turned off aren't offered": Case(
        "contacted", {"reached": "", "wrong_number": "", "tomorrow": "", "qualified": "qualified"}, off=("no_answer", "lost")
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_a_lead_is_offered(case, monkeypatch):
    known = statuses(**case.changed)
    monkeypatch.setattr(outcomes.reference_tables, "get_statuses", lambda: known)
    lead = Lead(status=known[NUMBER[case.of]])
    offered = get_outcomes(lead, QueueRules(outcomes_off=[*case.off], retry_days=4))
    # In this order, because each has a key.
    assert [(one.code, one.status.kind if one.status else "") for one in offered] == [*case.offers.items()]
    assert [one.days for one in offered] == [4 if one.code == "no_answer" else 0 for one in offered]
    words = {one.code: one.button_label for one in offered}
    assert (
        words.get("no_answer", "No answer, retry in 4 working days") == "No answer, retry in 4 working days"
    )
    for one in offered:
        if one.must_move:
            assert words[one.code] == f"Move to {one.status.label}"
        elif one.code != "no_answer":
            # A call is called like a call, also if it moves the lead.
            assert words[one.code] == one.label


class Entering(NamedTuple):
    may: bool
    status: dict[str, Any] = {}
    next: tuple[int, ...] = ()


ENTERING = {
    "another status": Entering(True),
    "a retired status": Entering(False, {"retired": True}),
    "a status of a retired pipeline": Entering(False, {"pipeline": RETIRED}),
    "a status of another pipeline": Entering(False, {"pipeline": OTHER}),
    "its own status": Entering(False, {"pk": 1}),
    "a status to which its own leads": Entering(True, next=(2,)),
    "a status to which its own doesn't lead": Entering(False, next=(3,)),
}


@pytest.mark.parametrize("case", ENTERING.values(), ids=ENTERING.keys())
def test_where_a_lead_may_move(case):
    pipeline = RETIRED if case.status.get("pipeline") is RETIRED else SALES
    current = Status(pk=1, kind="new", pipeline=pipeline, next_statuses=[*case.next])
    status = Status(**{"pk": 2, "kind": "contacted", "pipeline": SALES} | case.status)
    assert can_move_to_status(current, status) is case.may


FIRSTS = {
    "the first status of the category": (("lost",), ["new", "lost", "lost"], 1),
    "the first category that has one": (("disqualified", "lost"), ["lost", "disqualified"], 1),
    "the next category, if the first one has none": (("disqualified", "lost"), ["new", "lost"], 1),
    "none": (("won",), ["new", "lost"], None),
    "no category": ((), ["new"], None),
}


@pytest.mark.parametrize(("categories", "kinds", "place"), FIRSTS.values(), ids=FIRSTS.keys())
def test_the_status_of_an_outcome(categories, kinds, place):
    rows = [Status(pk=number, kind=kind) for number, kind in enumerate(kinds)]
    assert get_first_status(categories, rows) == (None if place is None else rows[place])


def test_every_open_category_has_a_row():
    assert {*BY_CATEGORY} == {case.of for case in CASES.values()} - {"won", "lost", "disqualified"}


LABELS = {
    "a call": ("reached", "Reached"),
    "a task that was put off": ("next_week", "Next week"),
    "a move has the name of the category": ("proposal", "Proposal"),
    "another move": ("disqualified", "Disqualified"),
    "one that no longer exists": ("gone", ""),
    "none": (None, ""),
}


@pytest.mark.parametrize(("code", "label"), LABELS.values(), ids=LABELS)
def test_what_an_outcome_of_the_past_is_called(code, label):
    assert outcomes.get_outcome_label(code) == label


def test_an_outcome_is_found_by_its_name_among_those_that_the_lead_can_get(make_lead):
    lead = make_lead()
    offered = [outcome.code for outcome in get_outcomes(lead, QueueRules.get_current())]
    assert len(offered) > 1
    assert [getattr(get_outcome(lead, code), "code", None) for code in offered] == offered
    assert get_outcome(lead, "sell") is None
