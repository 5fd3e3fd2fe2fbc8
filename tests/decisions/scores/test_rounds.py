"""When all leads are scored again, which of them a round comes to, and how it is stopped and begins again."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import Operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, ScoreRule, ScoreState
from leads.scores import scoring
from leads.scores.score_statement import build_score_statement
from leads.scores.scoring import (
    follow_settings_change,
    get_company_day,
    restart_scoring_round,
    score_all_leads,
    start_scoring_rounds,
    stop_scoring_round,
    write_score_state,
)

pytestmark = pytest.mark.django_db
DAY, MINUTES = timedelta(days=1), timedelta(minutes=1)
FADES = {"fades_over": 30, "fades_from": "created_at"}


@pytest.fixture
def jobs(monkeypatch) -> list[str]:
    """The jobs that were queued."""
    queued: list[str] = []
    monkeypatch.setattr(scoring.score_leads, "defer", lambda: queued.append("score"))
    return queued


def add_rule(points: int = 10, **values: Any) -> ScoreRule:
    with operation("test", by=None):
        return ScoreRule.objects.create(
            name=f"Rule {ScoreRule.objects.count()}", points=points, **{"conditions": "country=RO"} | values
        )


class Case(NamedTuple):
    """What the state says, how long ago it was written, whether the rules fade, and whether a round starts, as which one."""

    starts: int
    rounds: int
    ago: timedelta = 20 * MINUTES
    new_day: bool = False
    fades: bool = False
    stopped: bool = False


ROUNDS = {
    "just after the first round": Case(0, 1, MINUTES),
    "as long after it as a transaction may take": Case(1, 1, 15 * MINUTES),
    "a moment sooner": Case(0, 1, 15 * MINUTES - timedelta(microseconds=1)),
    "after the first round": Case(1, 1),
    "after the second round": Case(0, 2),
    "after the first one was stopped": Case(0, 1, stopped=True),
    "on a new day": Case(0, 2, new_day=True),
    "on a new day, and points fade": Case(1, 2, new_day=True, fades=True),
    "on a new day, just after a round": Case(1, 1, timedelta(), new_day=True, fades=True),
    "on a new day, after a round was stopped": Case(1, 1, new_day=True, fades=True, stopped=True),
    "on the same day, and points fade": Case(0, 2, fades=True),
}


@pytest.mark.parametrize("case", ROUNDS.values(), ids=ROUNDS)
def test_when_a_round_starts(case, jobs, monkeypatch):
    add_rule(**(FADES if case.fades else {}))
    write_score_state()
    jobs.clear()
    now, today = timezone.now(), get_company_day()
    monkeypatch.setattr(scoring.timezone, "now", lambda: now)
    before = {"day": today - case.new_day * DAY, "at": now - case.ago, "rounds": case.rounds}
    ScoreState.objects.update(**before, stopped=case.stopped, scored_to=None)
    assert start_scoring_rounds() == case.starts
    assert jobs == ["score"] * case.starts
    state = ScoreState.objects.get()
    begins_day = case.new_day and case.fades
    expected = {
        "day": today if begins_day else before["day"],
        "at": now if begins_day else before["at"],
        "rounds": 1 if begins_day else case.rounds + case.starts,
        "stopped": case.stopped and not begins_day,
        "scored_to": 0 if case.starts else None,
    }
    assert {name: getattr(state, name) for name in expected} == expected


def test_without_rules_there_is_no_statement_and_no_round(jobs):
    assert write_score_state() is False
    assert not ScoreState.objects.exists()
    assert start_scoring_rounds() == 0
    assert jobs == []


def test_other_rules_begin_the_first_round_and_the_same_rules_none(jobs):
    rule = add_rule()
    assert write_score_state() is True
    state = ScoreState.objects.get()
    assert (state.rounds, state.scored_to, state.stopped, state.day) == (1, 0, False, get_company_day())
    assert (state.statement, state.rules) == (build_score_statement().sql, [rule.pk])
    ScoreState.objects.update(rounds=2, scored_to=None, stopped=True)
    assert write_score_state() is False
    assert ScoreState.objects.get().rounds == 2
    with operation("test", by=None):
        ScoreRule.objects.update(points=20)
    assert write_score_state() is True
    state.refresh_from_db()
    assert (state.rounds, state.scored_to, state.stopped) == (1, 0, False)
    with operation("test", by=None):
        ScoreRule.objects.update(turned_on=False)
    # The leads lose the points that they have.
    assert write_score_state() is True
    assert ScoreState.objects.get().statement == ""
    assert jobs == ["score"] * 3


# The kind of an operation, that of what it undoes, and whether the rules are read again.
FOLLOWED = {
    "a merge of statuses": ("merge_statuses", "", True),
    "the undo of one": ("undo", "merge_statuses", True),
    "a change of records": ("edit", "", False),
    "the undo of that": ("undo", "edit", False),
    "no verb": ("load_demo", "", False),
}


@pytest.mark.parametrize(("kind", "undone", "follows"), FOLLOWED.values(), ids=FOLLOWED)
def test_which_operations_read_the_rules_again(kind, undone, follows, jobs):
    add_rule()
    first = Operation.objects.create(kind=undone) if undone else None
    follow_settings_change(Operation(kind=kind, undoes=first))
    assert ScoreState.objects.exists() is follows


@pytest.fixture
def leads(make_lead, jobs, monkeypatch) -> list[Lead]:
    """Five in chunks of two, the very first one among them, that have no points by rules that give four of them some."""
    monkeypatch.setattr(scoring, "CHUNK", 2)
    found = [make_lead(pk=1, country="RO"), *(make_lead(country="RO") for _number in range(3))]
    found.append(make_lead(country="CZ"))
    add_rule()
    write_score_state()
    return found


def get_scores() -> list[int]:
    return list(Lead.objects.order_by("pk").values_list("score", flat=True))


def test_a_round_scores_all_leads_whose_points_are_others(leads):
    assert score_all_leads() == 4
    assert get_scores() == [10, 10, 10, 10, 0]
    assert ScoreState.objects.get().scored_to is None
    assert score_all_leads() == 0
    with operation("test", by=None):
        ScoreRule.objects.update(conditions="country=CZ")
    write_score_state()
    assert score_all_leads() == 5
    assert get_scores() == [0, 0, 0, 0, 10]


def test_a_round_that_is_stopped_ends_after_its_chunk_and_begins_again_from_the_first_lead(
    leads, jobs, monkeypatch
):
    begun: list[int] = []

    def begin(**limits: Any) -> None:
        assert limits == {"lock": 0, "statement": 0}
        begun.append(1)
        assert len(begun) == 1 or not ScoreState.objects.get().stopped
        if len(begun) == 2:
            assert stop_scoring_round() is True

    monkeypatch.setattr(scoring, "set_transaction_limits", begin)
    assert score_all_leads() == 4
    state = ScoreState.objects.get()
    assert (state.scored_to, state.stopped) == (leads[3].pk, True)
    assert stop_scoring_round() is False
    begun.extend([1, 1])
    jobs.clear()
    assert restart_scoring_round() is True
    state.refresh_from_db()
    assert (state.scored_to, state.stopped, jobs) == (0, False, ["score"])
    assert restart_scoring_round() is False
    assert jobs == ["score"]
    assert score_all_leads() == 0
    state.refresh_from_db()
    assert (state.scored_to, state.stopped) == (None, False)
    assert stop_scoring_round() is False
    assert ScoreState.objects.get().stopped is False
