"""The screens of scores: the rules, their form and conditions, who may change them, and the reasons on the page of a lead."""

import pytest
from django.http import QueryDict

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, LeadValues, ScoreRule
from leads.scores.score_conditions import replace_value_in_score_rules
from leads.scores.score_distribution import RANGES, build_score_ranges
from leads.scores.score_rule_uses import find_score_rules_using
from leads.scores.scoring import score_all_leads
from tests.leads.scores.scoring import get_score, make_activity, make_score_rule

pytestmark = pytest.mark.django_db

SCORES = "/admin/scores"


def sent(**values) -> dict:
    return {
        "name": "Romania",
        "counts": "fact",
        "points": "10",
        "conditions": "country=RO",
        "turned_on": "on",
        **values,
    }


def test_a_rule_that_is_added_scores_all_leads_and_its_undo_takes_the_points_back(sign_in, ada, make_lead):
    lead = make_lead(country="RO")
    assert sign_in(ada).post(f"{SCORES}/new", sent()).status_code == 302
    score_all_leads()
    assert get_score(lead) == 10
    revert_operation(Operation.objects.get(kind="add_score_rule"), by=ada)
    score_all_leads()
    assert (get_score(lead), ScoreRule.objects.active().count()) == (0, 0)


def test_an_edit_of_a_rule_and_its_undo_change_the_points(sign_in, ada, make_lead):
    rule, lead = make_score_rule(10, "country=RO", name="Romania"), make_lead(country="RO")
    answer = sign_in(ada).post(f"{SCORES}/{rule.pk}", sent(points="25", version=rule.version))
    assert answer.status_code == 302
    score_all_leads()
    assert get_score(lead) == 25
    revert_operation(Operation.objects.get(kind="edit_score_rule"), by=ada)
    score_all_leads()
    assert get_score(lead) == 10


def test_a_rule_that_is_deleted_and_brought_back_by_undo_gives_its_points_again(sign_in, ada, make_lead):
    rule, lead = make_score_rule(10, "country=RO"), make_lead(country="RO")
    assert sign_in(ada).get(f"{SCORES}/{rule.pk}/delete").status_code == 200
    sign_in(ada).post(f"{SCORES}/{rule.pk}/delete")
    score_all_leads()
    assert get_score(lead) == 0
    revert_operation(Operation.objects.get(kind="retire_score_rule"), by=ada)
    score_all_leads()
    assert get_score(lead) == 10


REFUSED = {
    "no points": ({"points": "0"}, "points"),
    "more than 100 points": ({"points": "101"}, "points"),
    "fewer than −100 points": ({"points": "-101"}, "points"),
    "no name": ({"name": ""}, "name"),
    "no condition": ({"conditions": ""}, "conditions"),
    "the present day": ({"conditions": "created=today"}, "conditions"),
    "the last days": ({"conditions": "next_action=next7"}, "conditions"),
    "days in a status": ({"conditions": "time_in_status.over=5"}, "conditions"),
    "the newsletter, which is another row": ({"conditions": "newsletter=receiving"}, "conditions"),
    "stuck leads": ({"conditions": "over_limit=yes"}, "conditions"),
    "first contacts that are overdue": ({"conditions": "first_contact=overdue"}, "conditions"),
    "the score itself": ({"conditions": "score.is=5"}, "conditions"),
    "one of several": ({"conditions": "country=RO&created=today"}, "conditions"),
    "an alternative": ({"conditions": "any.country=RO&any.created=today"}, "conditions"),
    "my leads": ({"conditions": "owner=me"}, "conditions"),
    "a period that ends before it begins": (
        {"conditions": "created=between&created_from=2026-03-06&created_to=2026-03-05"}, "conditions",
    ),
    "a day that is none": ({"conditions": "created=between&created_from=soon"}, "conditions"),
    "no days to fade over": ({"counts": "call", "fades_over": "0"}, "fades_over"),
    "nothing at most": ({"counts": "call", "at_most": "0"}, "at_most"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "field"), REFUSED.values(), ids=REFUSED)
def test_what_the_form_refuses_with_a_sentence_and_without_a_write(values, field, sign_in, ada):
    page = sign_in(ada).post(f"{SCORES}/new", sent(**values))
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert not ScoreRule.objects.exists()


def test_dates_that_stay_the_same_are_conditions(sign_in, ada):
    answer = sign_in(ada).post(f"{SCORES}/new", sent(conditions="created_from=2026-01-01"))
    assert answer.status_code == 302


def test_only_who_may_change_rules_changes_them(sign_in, bob):
    rule = make_score_rule(10, "country=RO")
    for path in ("", "/new", f"/{rule.pk}", f"/{rule.pk}/delete"):
        assert sign_in(bob).get(f"{SCORES}{path}").status_code == 403
    assert sign_in(bob).get("/admin/leads/score-conditions").status_code == 403


def test_rules_move_and_the_order_can_be_undone(sign_in, ada):
    first, second = make_score_rule(10, "country=RO"), make_score_rule(5, "vip=yes")
    sign_in(ada).post(f"{SCORES}/order", {"up": second.pk})
    assert list(ScoreRule.objects.in_order()) == [second, first]
    revert_operation(Operation.objects.get(kind="edit_score_rule"), by=ada)
    assert list(ScoreRule.objects.in_order()) == [first, second]


def test_the_page_of_a_lead_has_the_reasons_and_their_sum_is_the_score(sign_in, ada, make_lead):
    make_score_rule(20, "country=RO", name="From Romania")
    make_score_rule(-5, "vip=no", name="No VIP")
    make_score_rule(10, counts="call", name="Talked")
    make_score_rule(3, "country=CZ", name="From Prague")
    lead = make_lead(country="RO")
    make_activity(lead, "call", "reached", 2)
    page = sign_in(ada).get(f"/admin/leads/{lead.pk}")
    (card,) = [one.shown for one in page.context["cards"] if one.template == "leads/scores/_card.html"]
    assert [(reason.signed_points, reason.name, reason.count) for reason in card.reasons] == [
        ("+20", "From Romania", 0),
        ("+10", "Talked", 1),
        ("−5", "No VIP", 0),
    ]
    assert card.score == sum(reason.points for reason in card.reasons) == get_score(lead)
    assert "Score 25" in page.content.decode()


def test_a_score_below_zero_has_a_minus_as_its_points_do(sign_in, ada, make_lead):
    lead = make_lead(country="RO")
    make_score_rule(-10, "country=RO")
    text = sign_in(ada).get(lead.get_absolute_url()).text
    assert "Score −10" in text


def test_a_rule_on_a_field_that_the_reader_cannot_view_has_no_name_there(
    sign_in, ada, bob, make_lead, make_field
):
    field = make_field("Grade", "text", roles=[ada.groups.get().pk])
    make_score_rule(20, f"{field.name}.is_empty=1&country=RO", name="No grade")
    make_score_rule(10, f"{field.name}.is=A", name="Best grade")
    lead = make_lead(country="RO", owner=bob)
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values={field.name: "A"})
    assert "Best grade" in sign_in(ada).get(f"/admin/leads/{lead.pk}").content.decode()
    page = sign_in(bob).get(f"/admin/leads/{lead.pk}").content.decode()
    assert "Best grade" not in page
    assert "A field that you can’t view" in page


def test_without_rules_the_page_of_a_lead_has_no_score(sign_in, ada, make_lead):
    page = sign_in(ada).get(f"/admin/leads/{make_lead().pk}")
    assert "score-title" not in page.content.decode()


def test_leads_are_listed_and_filtered_by_score(sign_in, ada, make_lead):
    make_score_rule(20, "country=RO")
    cold, hot = make_lead("Jan Novák", country="CZ"), make_lead("Ana Albu", country="RO")
    for query, expected in (("score.between=1..20", [hot]), ("score.between=0..0", [cold])):
        found = sign_in(ada).get(f"/admin/leads?{query}").content.decode()
        assert [lead for lead in (hot, cold) if str(lead) in found] == expected
    found = sign_in(ada).get("/admin/leads?all=1&sort=-score").content.decode()
    assert found.index("Ana Albu") < found.index("Jan Novák")


def test_each_lead_is_in_one_range_whose_link_lists_it(sign_in, ada, make_lead):
    make_score_rule(20, "country=RO")
    make_score_rule(-5, "country=CZ")
    for country in ("RO", "CZ", "DE", "DE"):
        make_lead(f"Lead {country}", country=country)
    ranges = build_score_ranges(ada)
    assert [one.number for one in ranges] == [1, 2, 1, 0, 0, 0, 0, 0]
    assert sum(one.number for one in ranges) == Lead.objects.count()
    assert QueryDict(ranges[0].query)["score.between"] == "..-1"
    found = sign_in(ada).get(f"/admin/leads?{ranges[0].query}").content.decode()
    assert "Lead CZ" in found
    assert "Lead RO" not in found
    assert len(ranges) == len(RANGES)


def test_pages_that_delete_name_the_rules_that_use_it(ada, sources):
    source = sources.partner
    make_score_rule(20, f"source={source.pk}", name="Good source")
    (uses,) = find_score_rules_using(source, ada)
    assert uses.rows[0][0] == "Good source"


def test_a_merged_status_is_replaced_in_the_conditions():
    rule = make_score_rule(20, "status=3")
    with operation("test", by=None):
        replace_value_in_score_rules("status", 3, 5)
    rule.refresh_from_db()
    assert rule.conditions == "status=5"


def test_conditions_are_composed_with_a_count_and_examples(sign_in, ada, make_lead):
    make_lead("Ana Albu", country="RO")
    page = sign_in(ada).get("/admin/leads/score-conditions?country=RO")
    assert page.context["met"].number == 1
    assert "Ana Albu" in page.content.decode()
    page = sign_in(ada).get("/admin/leads/score-conditions?created=today")
    assert "depends on the present day" in page.content.decode()
