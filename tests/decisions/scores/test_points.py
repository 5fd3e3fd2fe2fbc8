"""How many points a rule gives: by facts, by activities, fading by days, and no more than the most."""

import pytest
from django.db import connection

from leads.models import ScoreState
from tests.leads.scores.scoring import get_score, make_activity, make_score_rule

pytestmark = pytest.mark.django_db

CALL, MAIL = ("call", "reached"), ("email", "received")
# The rule, the activities with how many days ago they were, and the points.
POINTS = {
    "no activity": ({"counts": "call", "points": 10}, [], 0),
    "one call": ({"counts": "call", "points": 10}, [(*CALL, 0)], 10),
    "two calls": ({"counts": "call", "points": 10}, [(*CALL, 0), (*CALL, 400)], 20),
    "a call without an answer isn't one that reached someone": (
        {"counts": "call", "points": 10},
        [("call", "no_answer", 0)],
        0,
    ),
    "a call without an answer": ({"counts": "missed", "points": -5}, [("call", "no_answer", 0)], -5),
    "a message that was left": ({"counts": "missed", "points": -5}, [("call", "message", 0)], -5),
    "a wrong number is neither": ({"counts": "missed", "points": -5}, [("call", "wrong_number", 0)], 0),
    "a meeting that took place": ({"counts": "meeting", "points": 30}, [("meeting", "", 0)], 30),
    "a meeting that is planned": ({"counts": "meeting", "points": 30}, [("meeting", "planned", 0)], 0),
    "an email received": ({"counts": "received", "points": 7}, [(*MAIL, 0)], 7),
    "an automatic reply isn't received": (
        {"counts": "received", "points": 7},
        [("email", "automatic", 0)],
        0,
    ),
    "an email sent": ({"counts": "sent", "points": 2}, [("email", "sent", 0)], 2),
    "an email that failed isn't sent": ({"counts": "sent", "points": 2}, [("email", "failed", 0)], 0),
    "fading on its day": ({"counts": "call", "points": 10, "fades_over": 10}, [(*CALL, 0)], 10),
    "fading a day later": ({"counts": "call", "points": 10, "fades_over": 10}, [(*CALL, 1)], 9),
    "fading on its last day": ({"counts": "call", "points": 10, "fades_over": 10}, [(*CALL, 9)], 1),
    "faded": ({"counts": "call", "points": 10, "fades_over": 10}, [(*CALL, 10)], 0),
    "long faded": ({"counts": "call", "points": 10, "fades_over": 10}, [(*CALL, 500)], 0),
    "fading over one day": ({"counts": "call", "points": 10, "fades_over": 1}, [(*CALL, 1)], 0),
    "tomorrow counts as today": ({"counts": "call", "points": 10, "fades_over": 10}, [(*CALL, -1)], 10),
    "parts of points are rounded once for all": (
        {"counts": "call", "points": 1, "fades_over": 4},
        [(*CALL, 3), (*CALL, 3)],
        1,
    ),
    "negative points fade too": (
        {"counts": "missed", "points": -8, "fades_over": 4},
        [("call", "message", 1)],
        -6,
    ),
    "at most": ({"counts": "call", "points": 10, "at_most": 25}, [(*CALL, 0)] * 3, 25),
    "exactly the most": ({"counts": "call", "points": 10, "at_most": 20}, [(*CALL, 0)] * 2, 20),
    "at most of faded ones": (
        {"counts": "call", "points": 10, "fades_over": 10, "at_most": 12},
        [(*CALL, 5), (*CALL, 5), (*CALL, 5)],
        12,
    ),
    "negative points at most": (
        {"counts": "missed", "points": -10, "at_most": 15},
        [("call", "message", 0)] * 2,
        -15,
    ),
    "another activity": ({"counts": "call", "points": 10}, [("note", "", 0)], 0),
    "turned off": ({"counts": "call", "points": 10, "turned_on": False}, [(*CALL, 0)], 0),
    "deleted": ({"counts": "call", "points": 10, "retired": True}, [(*CALL, 0)], 0),
}


@pytest.mark.parametrize(("rule", "activities", "points"), POINTS.values(), ids=POINTS)
def test_how_many_points_a_rule_gives(rule, activities, points, make_lead):
    lead = make_lead()
    make_score_rule(**rule)
    for kind, outcome, days in activities:
        make_activity(lead, kind, outcome, days)
    assert get_score(lead) == points


FACTS = {
    "a country": ("country=RO", 10),
    "another country": ("country=CZ", 0),
    "one of two countries": ("country=RO&country=CZ", 10),
    "both conditions": ("country=RO&vip=yes", 10),
    "one of both conditions": ("country=RO&vip=no", 0),
    "an alternative": ("any.country=CZ&any.vip=yes", 10),
    "a comparison of texts": ("company.contains=steel", 10),
    "a percent sign in a text": ("company.contains=50%25", 0),
    "a quote in a text": ("company.contains=O%27Neill", 0),
    "a dollar and a number in a text": ("company.contains=%241", 0),
    "a comparison with nothing": ("value.over=5", 0),
    "a field that is gone": ("c99=yes", 0),
    "the present day": ("created=today", 0),
}


@pytest.mark.parametrize(("conditions", "points"), FACTS.values(), ids=FACTS)
def test_which_leads_get_the_points_of_a_fact(conditions, points, make_lead):
    lead = make_lead(country="RO", vip=True, company="Steel and more")
    make_score_rule(10, conditions)
    assert get_score(lead) == points


def test_the_score_is_the_sum_of_all_rules_also_below_zero_and_above_100(make_lead):
    hot, cold = make_lead("Ana Albu", country="RO"), make_lead("Jan Novák", country="CZ")
    make_score_rule(100, "country=RO")
    make_score_rule(70, "country=RO")
    make_score_rule(-40, "country=CZ")
    assert (get_score(hot), get_score(cold)) == (170, -40)


def test_the_points_come_in_the_order_of_the_rules_that_the_state_names(make_lead):
    lead = make_lead(country="RO")
    call = make_score_rule(5, counts="call")
    fact = make_score_rule(10, "country=RO")
    make_activity(lead, "call", "reached")
    with connection.cursor() as cursor:
        cursor.execute("SELECT points FROM leadwell_score_points(ARRAY[%s::bigint])", [lead.pk])
        points = dict(zip(ScoreState.objects.get().rules, cursor.fetchone()[0], strict=True))
    assert points == {fact.pk: 10, call.pk: 5}
