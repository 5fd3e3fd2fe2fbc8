"""Automations whose conditions compare the score: it is that after the change which woke them."""

import pytest

from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work
from tests.leads.scores.scoring import get_score, make_activity, make_score_rule

pytestmark = pytest.mark.django_db

HOT = {"conditions": "score.above=15"}


def test_an_added_lead_is_judged_with_its_first_score(ada, make_lead):
    make_score_rule(20, "country=RO")
    automation = make_automation("Hot", ada, **HOT)
    hot, cold = make_lead(country="RO"), make_lead(country="DE")
    work()
    assert outcomes_of(automation) == [(hot.pk, Result.ACTED), (cold.pk, Result.UNMET)]
    assert Lead.objects.get(pk=hot.pk).city == "Hot"


def test_a_changed_field_and_a_logged_call_are_judged_with_the_score_that_they_give(ada, make_lead):
    make_score_rule(20, "vip=yes")
    make_score_rule(20, counts="call")
    on_vip = make_automation("VIP", ada, trigger="field_changed", trigger_values={"field": "vip"}, **HOT)
    on_call = make_automation("Called", ada, trigger="activity", trigger_values={"type": "call"}, **HOT)
    one, two = make_lead(), make_lead()
    work()
    carry_out(KINDS["lead"].edit({"vip": True}), Lead.objects.filter(pk=one.pk), by=ada)
    make_activity(two, "call", "reached")
    work()
    assert outcomes_of(on_vip) == [(one.pk, Result.ACTED)]
    assert outcomes_of(on_call) == [(two.pk, Result.ACTED)]
    assert (get_score(one), get_score(two)) == (20, 20)


def test_points_that_come_without_a_change_wake_nothing(ada, make_lead):
    lead = make_lead(country="RO")
    automation = make_automation("Hot", ada, trigger="field_changed", trigger_values={"field": "vip"}, **HOT)
    work()
    make_score_rule(20, "country=RO")
    assert get_score(lead) == 20
    work()
    assert outcomes_of(automation) == []
