"""The kept score is the right one after every way in: forms, bulk SQL, custom values, activities, undo, merges, Trash."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Change
from crm.records.history import verbs as record_verbs
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads import verbs
from leads.models import Lead, ScoreRule, ScoreState
from leads.scores import scoring
from leads.scores.scoring import score_all_leads, start_scoring_rounds, write_score_state
from tests.leads.scores.scoring import get_score, make_activity, make_score_rule

pytestmark = pytest.mark.django_db


def only(lead):
    return Lead.objects.filter(pk=lead.pk)


def test_without_rules_a_change_of_a_lead_scores_nothing(make_lead, ada):
    lead = make_lead()
    with CaptureQueriesContext(connection) as queries:
        carry_out(verbs.SetVip(True), only(lead), by=ada)
    assert get_score(lead) == 0
    assert not ScoreState.objects.exists()
    assert not any("score_" in query["sql"] for query in queries)


def test_a_new_lead_has_its_score_at_once(make_lead):
    make_score_rule(10, "country=RO")
    assert get_score(make_lead(country="RO")) == 10


def test_a_new_lead_has_the_points_of_its_first_activity(make_lead):
    make_score_rule(10, counts="call")
    lead = make_lead()
    make_activity(lead, "call", "reached")
    assert get_score(lead) == 10


def test_a_bulk_change_and_its_undo_score_the_leads(make_lead, ada):
    make_score_rule(10, "vip=yes")
    leads = [make_lead(f"Ana {number}") for number in range(3)]
    done = carry_out(verbs.SetVip(True), Lead.objects.all(), by=ada)
    assert [get_score(lead) for lead in leads] == [10, 10, 10]
    undone = revert_operation(done.operation, by=ada).operation
    assert [get_score(lead) for lead in leads] == [0, 0, 0]
    revert_operation(undone, by=ada)
    assert [get_score(lead) for lead in leads] == [10, 10, 10]


def test_sql_outside_the_application_scores_the_leads_too(make_lead):
    make_score_rule(10, "country=RO")
    lead = make_lead(country="CZ")
    with operation("test", by=None), connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET country = 'RO' WHERE id = %s", [lead.pk])
    assert get_score(lead) == 10


def test_a_score_is_no_change_of_its_lead(make_lead):
    make_score_rule(10, counts="call")
    lead = make_lead()
    before = Lead.objects.get(pk=lead.pk)
    with operation("test", by=None) as record:
        pass
    make_activity(lead, "call", "no_answer")
    make_score_rule(5, "country=RO")
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(country="RO")
    after = Lead.objects.get(pk=lead.pk)
    assert (after.score, after.version) == (5, before.version + 1)
    changed = [
        name
        for one in Change.objects.filter(table="lead", row=lead.pk, at__gte=record.at)
        for name in one.diff
    ]
    assert "score" not in changed


def test_a_custom_value_scores_the_lead(make_lead, make_field, ada):
    field = make_field("Grade", "text")
    make_score_rule(10, f"{field.name}.is=A")
    lead = make_lead()
    done = carry_out(verbs.Edit({field.name: "A"}), only(lead), by=ada)
    assert get_score(lead) == 10
    revert_operation(done.operation, by=ada)
    assert get_score(lead) == 0


def test_a_tag_scores_the_lead(make_lead, make_tag, ada):
    tag = make_tag("Fair")
    make_score_rule(10, f"tags={tag.pk}")
    lead = make_lead()
    done = carry_out(record_verbs.AddTags([tag]), only(lead), by=ada)
    assert get_score(lead) == 10
    revert_operation(done.operation, by=ada)
    assert get_score(lead) == 0


def test_an_activity_and_its_undo_score_the_lead(make_lead, ada):
    make_score_rule(10, counts="call")
    lead = make_lead()
    done = carry_out(AddActivity(ada, "call", "Hello", "reached"), only(lead), by=ada)
    assert get_score(lead) == 10
    revert_operation(done.operation, by=ada)
    assert get_score(lead) == 0


def test_an_activity_that_moves_to_another_lead_moves_its_points(make_lead):
    make_score_rule(10, counts="call")
    one, other = make_lead("Ana Albu"), make_lead("Jan Novák")
    call = make_activity(one, "call", "reached")
    with operation("test", by=None):
        type(call).objects.filter(pk=call.pk).update(record=other.pk)
    assert (get_score(one), get_score(other)) == (0, 10)


def test_what_is_private_to_one_user_gives_no_points(make_lead, bob):
    make_score_rule(10, counts="received")
    lead = make_lead()
    make_activity(lead, "email", "received", private_to=bob)
    assert get_score(lead) == 0


def test_a_lead_in_trash_and_restored_has_its_score(make_lead, ada):
    make_score_rule(10, "country=RO")
    lead = make_lead(country="RO")
    done = carry_out(record_verbs.Delete(), only(lead), by=ada)
    assert get_score(lead) == 10
    revert_operation(done.operation, by=ada)
    assert get_score(lead) == 10


def test_a_lead_that_was_deleted_permanently_comes_back_with_its_score(make_lead, ada):
    make_score_rule(10, "country=RO")
    make_score_rule(5, counts="call")
    lead = make_lead(country="RO")
    make_activity(lead, "call", "reached")
    carry_out(record_verbs.Delete(), only(lead), by=ada)
    done = carry_out(record_verbs.Purge(), only(lead), by=ada)
    assert not only(lead).exists()
    revert_operation(done.operation, by=ada)
    assert get_score(lead) == 15


def test_points_fade_when_the_company_s_day_changes(make_lead, monkeypatch):
    make_score_rule(10, counts="call", fades_over=10)
    lead = make_lead()
    make_activity(lead, "call", "reached")
    today = scoring.get_company_day()
    monkeypatch.setattr(scoring, "get_company_day", lambda: today + timedelta(days=3))
    assert start_scoring_rounds() == 1
    score_all_leads()
    assert get_score(lead) == 7


def test_without_fading_points_a_new_day_scores_nothing_again(make_lead, monkeypatch):
    make_score_rule(10, counts="call")
    today = scoring.get_company_day()
    monkeypatch.setattr(scoring, "get_company_day", lambda: today + timedelta(days=3))
    assert start_scoring_rounds() == 0


def test_leads_follow_a_second_time_after_long_transactions(make_lead):
    make_score_rule(10, "country=RO")
    assert start_scoring_rounds() == 0
    ScoreState.objects.update(at=timezone.now() - timedelta(minutes=20))
    assert (start_scoring_rounds(), start_scoring_rounds()) == (1, 0)


def test_deleting_the_last_rule_brings_all_scores_back_to_zero(make_lead):
    rule = make_score_rule(10, "country=RO")
    lead = make_lead(country="RO")
    with operation("test", by=None):
        ScoreRule.objects.filter(pk=rule.pk).retire()
    assert write_score_state()
    assert score_all_leads() == 1
    assert get_score(lead) == 0


def test_the_same_rules_are_not_counted_again():
    make_score_rule(10, "country=RO")
    assert not write_score_state()


def test_the_history_check_finds_a_score_that_is_wrong(make_lead, capsys):
    make_score_rule(10, "country=RO")
    lead = make_lead(country="RO")
    call_command("check_history")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        cursor.execute("UPDATE leads_lead SET score = 99 WHERE id = %s", [lead.pk])
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    with pytest.raises(SystemExit):
        call_command("check_history")
