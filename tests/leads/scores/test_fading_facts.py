"""Points of facts that fade from a date of the lead: kept right on every day, chosen in the form, and gone with their field."""

from datetime import timedelta

import pytest

from crm.fields.custom.values.type_conversion import WantedType
from crm.models import Activity
from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.custom_fields.retype.type_change import build_conversion
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from leads import verbs
from leads.models import Lead, LeadValues, ScoreRule
from leads.scores import scoring
from leads.scores.score_rule_uses import describe_score_rules_by_field, find_score_rules_using
from leads.scores.scoring import score_all_leads, start_scoring_rounds, write_score_state
from tests.leads.scores.scoring import get_noon, get_score, make_activity, make_score_rule, set_dates

pytestmark = pytest.mark.django_db

SCORES = "/admin/scores"
LATELY = {"fades_over": 10, "fades_from": "last_contacted_at"}


def sent(**values) -> dict:
    kept = {"name": "Lately", "counts": "fact", "points": "10", "conditions": "", "turned_on": "on"}
    return kept | {"fades_over": "30", "fades_from": "last_contacted_at"} | values


# How many days after the rules were written, and the score of that day.
DAYS = {0: 25, 1: 23, 4: 16, 5: 14, 9: 6, 10: 3, 13: 1, 14: 0, 400: 0}


def test_a_kept_score_is_the_computed_one_on_every_day(make_lead, make_field, monkeypatch):
    field, lead = make_field("Visit", "date"), make_lead()
    make_score_rule(10, **LATELY)
    make_score_rule(5, fades_over=10, fades_from=field.name)
    make_score_rule(10, counts="call", fades_over=14)
    set_dates(lead, last_contacted_at=get_noon(0))
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values={field.name: get_noon(0).date().isoformat()})
    make_activity(lead, "call", "reached")
    today, found = scoring.get_company_day(), {}
    for days in DAYS:
        monkeypatch.setattr(scoring, "get_company_day", lambda days=days: today + timedelta(days=days))
        # Until the round has come to a lead, it isn't scored as of the new day, so the round is part of the day.
        start_scoring_rounds()
        score_all_leads()
        found[days] = get_score(lead)
    assert found == DAYS


def test_a_lead_that_changes_between_two_rounds_has_the_points_of_their_day(make_lead, monkeypatch):
    make_score_rule(10, **LATELY)
    one, other = make_lead("Ana Albu"), make_lead("Jan Novák")
    set_dates(one, last_contacted_at=get_noon(0))
    today = scoring.get_company_day()
    monkeypatch.setattr(scoring, "get_company_day", lambda: today + timedelta(days=3))
    # The new day has begun, but its round hasn't.
    set_dates(other, last_contacted_at=get_noon(1))
    assert (get_score(one), get_score(other)) == (10, 9)
    start_scoring_rounds()
    score_all_leads()
    assert (get_score(one), get_score(other)) == (7, 6)


def test_an_activity_brings_the_points_of_the_last_contact_back(make_lead):
    make_score_rule(10, **LATELY)
    lead = make_lead()
    make_activity(lead, "call", "reached", 4)
    assert get_score(lead) == 6
    call = make_activity(lead, "call", "reached", 1)
    assert get_score(lead) == 9
    with operation("test", by=None):
        Activity.objects.filter(pk=call.pk).update(at=get_noon(2))
    assert get_score(lead) == 8


def test_a_date_that_is_edited_and_its_undo_score_the_lead(make_lead, make_field, ada):
    field, lead = make_field("Visit", "date"), make_lead()
    make_score_rule(10, fades_over=10, fades_from=field.name)
    done = carry_out(verbs.Edit({field.name: get_noon(2).date()}), Lead.objects.filter(pk=lead.pk), by=ada)
    assert get_score(lead) == 8
    revert_operation(done.operation, by=ada)
    assert get_score(lead) == 0


def test_a_field_that_is_deleted_takes_its_points_along_and_its_undo_brings_them_back(
    sign_in, make_lead, make_field, ada
):
    field, lead = make_field("Visit", "date"), make_lead()
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values={field.name: get_noon(0).date().isoformat()})
    make_score_rule(10, fades_over=10, fades_from=field.name)
    assert get_score(lead) == 10
    record = delete_custom_field(field.definition, by=ada)
    score_all_leads()
    assert get_score(lead) == 0
    assert "The date from which the points fade no longer exists." in sign_in(ada).get(SCORES).text
    revert_operation(record, by=ada)
    score_all_leads()
    assert get_score(lead) == 10


def test_a_rule_on_a_date_alone_is_added_and_said_in_words(sign_in, ada, make_lead):
    lead = make_lead()
    set_dates(lead, last_contacted_at=get_noon(3))
    assert sign_in(ada).post(f"{SCORES}/new", sent()).status_code == 302
    score_all_leads()
    assert get_score(lead) == 9
    page = " ".join(sign_in(ada).get(SCORES).text.split())
    assert "Every lead, fading over 30 days from: Last contacted" in page
    assert "up to +10" in page


REFUSED = {
    "days without a date": ({"fades_from": "", "conditions": "country=RO"}, "fades_from"),
    "a date without days": ({"fades_over": ""}, "fades_over"),
    "neither a condition nor a date": ({"fades_over": "", "fades_from": ""}, "conditions"),
    "a date that changes with everything": ({"fades_from": "updated_at"}, "fades_from"),
    "a field that is no date": ({"fades_from": "company"}, "fades_from"),
    "a field that there isn't": ({"fades_from": "c99"}, "fades_from"),
    "a name that is too long": ({"fades_from": "x" * 31}, "fades_from"),
}


@pytest.mark.parametrize(("values", "field"), REFUSED.values(), ids=REFUSED)
def test_what_the_form_refuses_with_a_sentence_and_without_a_write(values, field, sign_in, ada):
    page = sign_in(ada).post(f"{SCORES}/new", sent(**values))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert not ScoreRule.objects.exists()


def test_a_rule_on_activities_has_no_date_of_the_lead(sign_in, ada):
    sign_in(ada).post(f"{SCORES}/new", sent(counts="call"))
    rule = ScoreRule.objects.get()
    assert (rule.fades_over, rule.fades_from) == (30, "")


def test_who_may_not_see_the_date_of_a_rule_keeps_it_and_reads_no_name(
    sign_in, ada, conrad, make_lead, make_field
):
    field = make_field("Visit", "date", roles=[ada.groups.get().pk])
    lead = make_lead()
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values={field.name: get_noon(0).date().isoformat()})
    rule = make_score_rule(10, fades_over=10, fades_from=field.name, name="Visited lately")
    browser = sign_in(conrad)
    page = browser.get(f"{SCORES}/{rule.pk}")
    assert "fades_from" not in page.context["form"].fields
    assert "Visit<" not in page.text
    answer = browser.post(
        f"{SCORES}/{rule.pk}",
        sent(name=rule.name, points="20", fades_over="10", version=rule.version, fades_from=""),
    )
    assert answer.status_code == 302
    rule.refresh_from_db()
    assert (rule.points, rule.fades_from) == (20, field.name)
    assert "from: a field that you can’t view" in " ".join(browser.get(SCORES).text.split())
    assert "A field that you can’t view" in browser.get(lead.get_absolute_url()).text
    assert "Visited lately" in sign_in(ada).get(lead.get_absolute_url()).text


def test_what_deletes_or_converts_a_date_names_the_rules_that_fade_from_it(make_field, ada):
    field = make_field("Visit", "date")
    rule = make_score_rule(10, fades_over=10, fades_from=field.name, name="Visited lately")
    definition = field.definition
    as_moment, as_text = (build_conversion(definition, WantedType(kind), ada) for kind in ("moment", "text"))
    assert [uses.rows[0][0] for uses in find_score_rules_using(definition, ada)] == [rule.name]
    assert [uses.rows[0][0] for uses in find_score_rules_using(as_text, ada)] == [rule.name]
    assert find_score_rules_using(as_moment, ada) == []
    assert describe_score_rules_by_field(KINDS["lead"]) == {field.name: "1 score rule"}


def test_the_date_is_part_of_the_statement_so_another_one_scores_all_leads_again(make_lead):
    rule, lead = make_score_rule(10, **LATELY), make_lead()
    set_dates(lead, created_at=get_noon(5))
    assert get_score(lead) == 0
    with operation("test", by=None):
        ScoreRule.objects.filter(pk=rule.pk).update(fades_from="created_at")
    assert write_score_state()
    score_all_leads()
    assert get_score(lead) == 5
