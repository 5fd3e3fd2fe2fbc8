"""How many points a rule gives: by facts, by activities, fading by days, and no more than the most."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection, models

from crm.fields.custom.values.stored_values import format_stored_moment
from crm.models import Activity
from crm.platform.configuration.company import get_company_zone
from crm.records.history.verb_execution import operation
from leads import fields
from leads.models import LeadValues, ScoreRule, ScoreState
from leads.scores.fading_dates import describe_fading_date, get_fading_dates, sees_fading_date
from leads.scores.score_statement import build_score_statement
from leads.scores.scoring import get_company_day
from tests.leads.scores.scoring import get_noon, get_score, make_activity, make_score_rule, set_dates

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
    "one point at most": ({"counts": "call", "points": 1, "at_most": 1}, [(*CALL, 0)] * 3, 1),
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


def test_activities_of_other_records_give_no_points(make_lead, make_contact):
    lead, other = make_lead(), make_lead()
    make_score_rule(10, counts="call")
    make_activity(other, *CALL)
    with operation("test", by=None):
        Activity.objects.create(of="contact", record=lead.pk, type="call", outcome="reached", at=get_noon(0))
    assert (get_score(lead), get_score(other)) == (0, 10)


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


# The rule, how many days ago the lead was last contacted, None if never, and the points.
LAST = {"points": 10, "fades_over": 10, "fades_from": "last_contacted_at"}
FADING_FACTS = {
    "on the day of the date": (LAST, 0, 10),
    "a day later": (LAST, 1, 9),
    "on the last day": (LAST, 9, 1),
    "faded": (LAST, 10, 0),
    "long faded": (LAST, 500, 0),
    "a date to come counts as today": (LAST, -3, 10),
    "without the date": (LAST, None, 0),
    "parts of points are rounded": (LAST | {"points": 1, "fades_over": 4}, 2, 1),
    "less than a half is nothing": (LAST | {"points": 1, "fades_over": 4}, 3, 0),
    "negative points fade too": (LAST | {"points": -8, "fades_over": 4}, 1, -6),
    "over one day": (LAST | {"fades_over": 1}, 1, 0),
    "with conditions that the lead meets": (LAST | {"conditions": "country=RO"}, 5, 5),
    "with conditions that it doesn't meet": (LAST | {"conditions": "country=CZ"}, 5, 0),
    "with an alternative": (LAST | {"conditions": "any.country=CZ&any.vip=yes"}, 5, 5),
    "from a field that is gone": (LAST | {"fades_from": "c99"}, 0, 0),
    "from a field that isn't offered": (LAST | {"fades_from": "updated_at"}, 0, 0),
    "turned off": (LAST | {"turned_on": False}, 0, 0),
}


@pytest.mark.parametrize(("rule", "days", "points"), FADING_FACTS.values(), ids=FADING_FACTS)
def test_how_the_points_of_a_fact_fade(rule, days, points, make_lead):
    lead = make_lead(country="RO", vip=True)
    if days is not None:
        set_dates(lead, last_contacted_at=get_noon(days))
    make_score_rule(**rule)
    assert get_score(lead) == points


@pytest.mark.parametrize("name", fields.FADING)
def test_points_fade_from_each_date_that_is_offered(name, make_lead):
    lead = make_lead()
    day = get_noon(2)
    set_dates(lead, **{name: day.date() if name == "next_action_on" else day})
    make_score_rule(10, fades_over=10, fades_from=name)
    assert get_score(lead) == 8


@pytest.mark.parametrize("kind", ["date", "moment"])
def test_points_fade_from_a_custom_date(kind, make_lead, make_field):
    field, lead = make_field("Visit", kind), make_lead()
    stored = get_noon(3).date().isoformat() if kind == "date" else format_stored_moment(get_noon(3))
    make_score_rule(10, fades_over=10, fades_from=field.name)
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values={field.name: stored})
    assert get_score(lead) == 7


def test_a_day_of_fading_begins_at_the_midnight_of_the_company(make_lead):
    lead = make_lead()
    midnight = datetime.combine(get_company_day(), time(), tzinfo=get_company_zone())
    make_score_rule(10, fades_over=10, fades_from="last_contacted_at")
    set_dates(lead, last_contacted_at=midnight)
    assert get_score(lead) == 10
    set_dates(lead, last_contacted_at=midnight - timedelta(seconds=1))
    assert get_score(lead) == 9


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


# The rules, the columns of a lead whose changes score it again, and whether the points fade.
STATEMENTS = {
    "no rule": ([], "", False),
    "on activities": ([{"counts": "call"}], "", False),
    "on activities that fade": ([{"counts": "call", "fades_over": 5}], "", True),
    "on one column": (
        [{"conditions": "country=RO"}],
        '(o."country") IS DISTINCT FROM (n."country")',
        False,
    ),
    "on two columns": (
        [{"conditions": "vip=yes"}, {"conditions": "country=RO"}, {"conditions": "c99=yes"}],
        '(o."country", o."vip") IS DISTINCT FROM (n."country", n."vip")',
        False,
    ),
    "on a date": (
        [{"fades_over": 5, "fades_from": "last_contacted_at"}],
        '(o."last_contacted_at") IS DISTINCT FROM (n."last_contacted_at")',
        True,
    ),
}


@pytest.mark.parametrize(("rules", "changed", "fades"), STATEMENTS.values(), ids=STATEMENTS)
def test_which_changes_of_a_lead_score_it_again(rules, changed, fades, db):
    for rule in rules:
        make_score_rule(10, **rule)
    statement = build_score_statement()
    assert (statement.changed, statement.fades) == (changed, fades)
    assert bool(statement.sql) is bool(rules)


def test_dates_alone_are_offered_to_fade_from_and_those_that_the_viewer_sees(make_field, ada, dan):
    visit, other = make_field("Visit", "date"), make_field("Size", "number")
    hidden = make_field("Fair", "moment", roles=[ada.groups.get().pk])
    computed = make_field("Due", "formula", formula=f"{{{visit.name}}}")
    assert isinstance(computed, models.DateField)
    assert computed.name not in get_fading_dates()
    assert other.name not in get_fading_dates()
    assert [*get_fading_dates()] == [*fields.FADING, visit.name, hidden.name]
    assert [*get_fading_dates(dan)] == [*fields.FADING, visit.name]
    for name, seen, label in (
        ("", True, ""),
        (visit.name, True, "Visit"),
        (hidden.name, False, "a field that you can’t view"),
        ("c999", True, "a field that you can’t view"),
    ):
        rule = ScoreRule(fades_from=name)
        assert (sees_fading_date(rule, dan), describe_fading_date(rule, dan)) == (seen, label)
