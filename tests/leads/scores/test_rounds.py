"""A round over all leads: its progress on the page, stopping it and starting it again, and what lists say meanwhile."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import ListSettings
from crm.records.history.verb_execution import operation
from leads.models import Lead, ScoreRule, ScoreState
from leads.scores import scoring
from leads.scores.score_check import iterate_wrong_scores
from leads.scores.scoring import (
    restart_scoring_round,
    score_all_leads,
    start_scoring_rounds,
    stop_scoring_round,
    write_score_state,
)
from leads.scores.scoring_round import get_scoring_round
from tests.leads.scores.scoring import make_score_rule

pytestmark = pytest.mark.django_db

SCORES = "/admin/scores"
COUNTED, STOPPED = "Scores are being counted.", "Not all scores are up to date."


@pytest.fixture
def under_way(make_lead, monkeypatch):
    """Three leads that a round in chunks of one hasn't begun to score; all of them get 10 points."""
    monkeypatch.setattr(scoring, "CHUNK", 1)
    leads = [make_lead(f"Lead {number}", country="RO") for number in range(3)]
    with operation("test", by=None):
        ScoreRule.objects.create(name="Romania", points=10, conditions="country=RO")
    assert write_score_state()
    return leads


@pytest.fixture
def stopped(under_way, monkeypatch):
    """The same after a round that was stopped while it scored the second lead."""
    begun = []

    def begin_chunk(**_limits) -> None:
        begun.append(1)
        assert len(begun) < 3, "The round went on."
        if len(begun) == 2:
            assert stop_scoring_round()

    monkeypatch.setattr(scoring, "set_transaction_limits", begin_chunk)
    score_all_leads()
    monkeypatch.undo()
    return under_way


def get_scores() -> list[int]:
    return list(Lead.objects.order_by("pk").values_list("score", flat=True))


def test_a_round_that_is_stopped_leaves_the_others_as_they_are_and_keeps_the_rules(stopped):
    assert get_scores() == [10, 10, 0]
    assert [wrong.record for wrong in iterate_wrong_scores()] == [f"Lead {stopped[2].pk}"]
    assert ScoreRule.objects.in_use().count() == 1


def test_a_lead_that_changes_after_the_stop_is_scored_by_the_rules_all_the_same(stopped):
    with operation("test", by=None):
        Lead.objects.filter(pk=stopped[2].pk).update(country="CZ")
        Lead.objects.filter(pk=stopped[2].pk).update(country="RO")
    assert get_scores() == [10, 10, 10]


def test_a_round_that_was_stopped_does_not_begin_by_itself_after_long_transactions(stopped):
    ScoreState.objects.update(at=timezone.now() - timedelta(minutes=20))
    assert start_scoring_rounds() == 0


def test_a_round_that_was_stopped_begins_again_when_it_is_asked_to_and_scores_the_rest(stopped):
    assert restart_scoring_round()
    assert score_all_leads() == 1
    assert get_scores() == [10, 10, 10]
    assert get_scoring_round() is None
    assert (restart_scoring_round(), stop_scoring_round()) == (False, False)


def test_a_change_of_the_rules_begins_a_round_after_a_stop(stopped):
    with operation("test", by=None):
        ScoreRule.objects.update(points=20)
    assert write_score_state()
    score_all_leads()
    assert get_scores() == [20, 20, 20]


def test_a_new_day_begins_a_round_after_a_stop_if_points_fade(stopped, monkeypatch):
    make_score_rule(30, fades_over=30, fades_from="created_at")
    ScoreState.objects.update(stopped=True, scored_to=0)
    tomorrow = scoring.get_company_day() + timedelta(1)
    monkeypatch.setattr(scoring, "get_company_day", lambda: tomorrow)
    assert start_scoring_rounds() == 1
    score_all_leads()
    assert get_scores() == [39, 39, 39]


def test_the_page_says_how_far_a_round_is_and_stops_it(sign_in, ada, stopped):
    ScoreState.objects.update(stopped=False)
    browser = sign_in(ada)
    page = " ".join(browser.get(SCORES).text.split())
    assert "Leads are being scored again" in page
    assert "Stop scoring" in page
    assert browser.post(f"{SCORES}/round").status_code == 302
    page = " ".join(browser.get(SCORES).text.split())
    assert "Not scored again: 1 of 3 leads." in page
    assert browser.post(f"{SCORES}/round", {"restart": "1"}).status_code == 302
    assert not ScoreState.objects.get().stopped


def test_the_page_asks_only_for_the_round_and_then_says_that_it_is_done(sign_in, ada, under_way):
    asking = {"HX-Request": "true", "HX-Target": "round"}
    browser = sign_in(ada)
    answer = browser.get(SCORES, headers=asking).text
    assert "Leads are being scored again" in answer
    assert "every 2s" in answer
    assert "<html" not in answer
    score_all_leads()
    answer = browser.get(SCORES, headers=asking).text
    assert "All leads have been scored." in answer
    assert "every 2s" not in answer
    assert 'id="round"' not in browser.get(SCORES).text


def test_a_stop_that_comes_too_late_says_so(sign_in, ada, under_way):
    score_all_leads()
    page = sign_in(ada).post(f"{SCORES}/round", follow=True).text
    assert "All leads have already been scored." in page


def test_only_who_changes_rules_stops_a_round(sign_in, bob, under_way):
    assert sign_in(bob).post(f"{SCORES}/round").status_code == 403
    assert not ScoreState.objects.get().stopped


SCORED_LISTS = ["sort=-score", "score.between=..100", "any.score.between=..100&any.country=RO"]


@pytest.mark.parametrize("query", SCORED_LISTS)
def test_a_list_by_score_says_that_scores_are_being_counted(query, sign_in, ada, under_way):
    browser = sign_in(ada)
    assert COUNTED in browser.get(f"/admin/leads?all=1&{query}").text
    stop_scoring_round()
    page = browser.get(f"/admin/leads?all=1&{query}").text
    assert STOPPED in page
    assert COUNTED not in page
    restart_scoring_round()
    score_all_leads()
    page = browser.get(f"/admin/leads?all=1&{query}").text
    assert COUNTED not in page
    assert STOPPED not in page


def test_a_list_with_the_column_says_it_too(sign_in, ada, under_way):
    ListSettings.objects.create(user=ada, columns={"lead": ["name", "score"]})
    assert COUNTED in sign_in(ada).get("/admin/leads?all=1").text


def test_other_lists_say_nothing_and_ask_nothing(sign_in, ada, under_way):
    browser = sign_in(ada)
    browser.get("/admin/leads?all=1")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/admin/leads?all=1")
    assert COUNTED not in page.text
    assert not any("leads_scorestate" in query["sql"] for query in queries)
