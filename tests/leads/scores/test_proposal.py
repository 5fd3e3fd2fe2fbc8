"""The proposal of score rules: which leads and facts it compares, what its page says, and the rules that someone chooses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.fields.custom.values.stored_values import write_custom_values
from crm.models import CustomField, Job, Operation
from crm.platform.jobs import run_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from leads.models import Lead, ScoreProposal, ScoreRule
from leads.scores.proposal.candidate_facts import Fact, build_candidates
from leads.scores.proposal.closed_leads import closed_leads_queryset, get_first_days
from leads.scores.proposal.proposal_lines import build_proposal_lines, build_trial
from leads.scores.proposal.proposal_run import count_proposal
from tests.leads.scores.scoring import make_activity, make_score_rule

pytestmark = pytest.mark.django_db

PAGE = "/admin/scores/proposal"
YEAR, MONTH = 365, 30


@pytest.fixture
def add_closed(lead_of, ann):
    """add_closed(40, "won", days_ago=365, vip=True): so many leads of Ann's that were won or lost then."""

    def add(number: int, status: str, days_ago: float = YEAR, **values) -> list[Lead]:
        since = timezone.now() - timedelta(days=days_ago)
        fields = {"owner": ann, "status": status, "created_at": since, "status_since": since, **values}
        with operation("test", by=None):
            return Lead.objects.bulk_create(lead_of(f"Lead {place}", **fields) for place in range(number))

    return add


@pytest.fixture
def propose():
    """The counted proposal of a user."""

    def count(user) -> ScoreProposal:
        since, quarter = get_first_days()
        proposal = ScoreProposal.objects.create(user=user, since=since, quarter=quarter)
        count_proposal(proposal)
        return proposal

    return count


def get_lines(proposal, user):
    return {line.label: line for line in build_proposal_lines(proposal, user)}


def get_points(proposal, user):
    return {label: line.points for label, line in get_lines(proposal, user).items()}


@pytest.fixture
def vips(add_closed):
    """VIPs were won more often: 40 of 60, and 10 of 100 others."""
    add_closed(40, "won", vip=True)
    add_closed(20, "lost", vip=True)
    add_closed(10, "won")
    add_closed(90, "lost")


def test_what_won_leads_have_more_often_is_proposed_with_its_counts_and_lists(vips, propose, ada, sign_in):
    proposal = propose(ada)
    assert (proposal.won, proposal.lost) == (50, 110)
    lines = get_lines(proposal, ada)
    assert {label: (line.having, line.points) for label, line in lines.items()} == {"VIP yes": ((40, 20), 25)}
    page = sign_in(ada)
    for query, number in ((lines["VIP yes"].won_query, 40), (lines["VIP yes"].lost_query, 20)):
        assert page.get(f"/admin/leads?{query}&count=1").context["listing"].count(1_000) == number


def test_values_filled_fields_custom_choices_and_activities_are_compared(
    add_closed, propose, ada, sources, make_field
):
    course, paid = make_field("Course", "choice", choices=["Maths", "Music"]), make_field("Paid", "yes_no")
    won = add_closed(60, "won", source=sources.partner, country="RO", company="Acme", language="ro")
    add_closed(60, "lost", source=sources.website, country="DE", phone="0722123456")
    with operation("test", by=None):
        write_custom_values(Lead, [lead.pk for lead in won], {course.name: "o2", paid.name: True})
    for lead in won:
        make_activity(lead, "call", "reached", YEAR + 10)
    labels = get_points(propose(ada), ada)
    expected = {
        "Source Partner", "Source Website", "Country Romania", "Country Germany", "Company isn’t empty", "Language is “ro”",
        "Without phone", "Course Music", "Paid yes", "At least one of: calls that reached someone",
    }  # fmt: skip
    assert expected <= set(labels)
    assert all(labels[label] == 50 for label in expected - {"Source Website", "Country Germany"})
    assert labels["Source Website"] == labels["Country Germany"] == -50


# The activity that counts, and one of the same type that doesn't.
TOLD = {
    "call": (("call", "reached"), ("call", "no_answer")),
    "missed": (("call", "message"), ("call", "reached")),
    "meeting": (("meeting", ""), ("meeting", "planned")),
    "received": (("email", "received"), ("email", "automatic")),
    "sent": (("email", "sent"), ("email", "failed")),
}


@pytest.mark.parametrize("counts", TOLD)
def test_a_fact_about_activities_has_the_lists_of_exactly_its_leads(
    counts, add_closed, propose, ada, sign_in, bob
):
    counted, other = TOLD[counts]
    won, lost = add_closed(70, "won"), add_closed(80, "lost")
    for lead in [*won[:60], *lost[:10]]:
        make_activity(lead, *counted, YEAR + 10)
    make_activity(won[60], *other, YEAR + 10)
    make_activity(won[61], *counted, YEAR - 10)
    make_activity(won[62], *counted, YEAR + 10, private_to=bob)
    make_activity(won[63], *counted, YEAR + 10, deleted_at=timezone.now())
    (line,) = [one for one in get_lines(propose(ada), ada).values() if one.fact.counts == counts]
    assert line.having == (60, 10)
    browser = sign_in(ada)
    for query, leads in ((line.won_query, won[:60]), (line.lost_query, lost[:10])):
        page = browser.get(f"/admin/leads?{query}")
        assert page.status_code == 200
        assert page.context["listing"].count(1_000) == len(leads)
        listing = RecordList(KINDS["lead"], QueryDict(query), ada)
        assert set(listing.rows.values_list("pk", flat=True)) == {lead.pk for lead in leads}
    assert str(ScoreRule.Counts(counts).label) in page.text
    page = browser.get("/admin/scores/proposal").text
    assert f"had_activity={counts}" in page


def test_activities_after_a_lead_was_closed_tell_nothing(add_closed, propose, ada):
    for lead in add_closed(60, "won"):
        make_activity(lead, "meeting", "", YEAR - 10)
    add_closed(60, "lost")
    assert get_points(propose(ada), ada) == {}


# Which leads are learned from, and which the proposal is tried on.
PERIODS = {
    "a year ago": ("won", YEAR, {}, (1, 0)),
    "lost a year ago": ("lost", YEAR, {}, (1, 0)),
    "disqualified a year ago": ("disqualified", YEAR, {}, (1, 0)),
    "still open": ("contacted", YEAR, {}, (0, 0)),
    "last month": ("won", MONTH, {}, (0, 1)),
    "today": ("won", 0, {}, (0, 1)),
    "three years ago": ("won", 3 * YEAR, {}, (0, 0)),
    "in Trash": ("won", YEAR, {"deleted_at": datetime(2026, 1, 5, tzinfo=UTC)}, (0, 0)),
}


@pytest.mark.parametrize("case", PERIODS, ids=str)
def test_a_proposal_learns_from_two_years_and_is_tried_on_the_last_quarter(case, add_closed, ada):
    status, days_ago, values, expected = PERIODS[case]
    add_closed(1, status, days_ago, **values)
    since, quarter = get_first_days()
    learned, tried = closed_leads_queryset(ada, since, quarter), closed_leads_queryset(ada, quarter)
    assert (learned.count(), tried.count()) == expected


def test_a_proposal_counts_only_leads_that_its_user_sees(vips, propose, ada, bob):
    proposal = propose(bob)
    assert (proposal.won, proposal.lost, proposal.facts) == (0, 0, [])


def test_fields_that_the_user_cannot_view_are_not_compared(add_closed, ann, ada, make_field):
    field = make_field("Grade", "yes_no", roles=[ada.groups.get().pk])
    rows = closed_leads_queryset(ann, *get_first_days())
    hidden = Fact("fact", f"{field.name}=yes")
    assert hidden not in build_candidates(rows, ann)
    assert hidden in build_candidates(rows, ada)


def test_a_fact_on_a_field_that_the_user_can_no_longer_view_leaves_the_proposal(
    add_closed, propose, ada, make_field
):
    field, won = make_field("Paid", "yes_no"), add_closed(60, "won")
    add_closed(60, "lost")
    with operation("test", by=None):
        write_custom_values(Lead, [lead.pk for lead in won], {field.name: True})
    proposal = propose(ada)
    assert get_points(proposal, ada) == {"Paid yes": 50}
    with operation("test", by=None):
        CustomField.objects.filter(pk=field.definition.pk).update(roles=[0])
    assert get_points(proposal, ada) == {}


def test_the_trial_says_how_many_won_leads_of_the_last_quarter_are_in_the_top_fifth(
    vips, add_closed, propose, ada
):
    add_closed(20, "won", MONTH, vip=True)
    add_closed(10, "won", MONTH)
    add_closed(120, "lost", MONTH)
    trial = build_trial(propose(ada))
    assert trial.proposed == (pytest.approx(20 + 10 * 10 / 130), 30)
    assert trial.present is None
    make_score_rule(-10, "vip=yes")
    trial = build_trial(propose(ada))
    assert trial.present == (pytest.approx(10 * 30 / 130), 30)


def test_a_quarter_with_too_few_leads_is_no_trial(vips, add_closed, propose, ada):
    add_closed(19, "won", MONTH, vip=True)
    add_closed(120, "lost", MONTH)
    assert build_trial(propose(ada)) is None


def test_the_page_says_that_there_are_too_few_leads(add_closed, propose, ada, sign_in):
    add_closed(29, "won", vip=True)
    add_closed(60, "lost")
    propose(ada)
    page = sign_in(ada).get(PAGE)
    assert "Too few leads for a proposal." in page.text
    assert "VIP yes" not in page.text


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_the_page_counts_in_the_background_and_shows_what_came_of_it(vips, ada, sign_in):
    page = sign_in(ada)
    assert page.post(PAGE).status_code == 302
    assert page.post(PAGE).status_code == 302
    (job,) = Job.objects.filter(kind="score_proposal")
    assert "every 1s" in page.get(PAGE).text
    run_job(job.pk)
    text = page.get(PAGE).text
    assert "VIP yes" in text
    assert "every 1s" not in text


def test_chosen_facts_become_rules_as_one_change_with_undo(vips, propose, ada, sign_in):
    proposal, page = propose(ada), sign_in(ada)
    (line,) = build_proposal_lines(proposal, ada)
    assert page.post(f"{PAGE}/add", {"fact": [line.place]}).status_code == 302
    rule = ScoreRule.objects.active().get()
    assert (rule.name, rule.conditions, rule.points, rule.at_most) == ("VIP yes", "vip=yes", 25, None)
    text = page.get(PAGE).text
    assert "already a rule: +25" in text
    assert "Add the chosen rules" not in text
    # A second click adds nothing.
    page.post(f"{PAGE}/add", {"fact": [line.place]})
    assert ScoreRule.objects.active().count() == 1
    revert_operation(Operation.objects.get(kind="add_score_rule"), by=ada)
    assert not ScoreRule.objects.active().exists()


def test_a_rule_on_activities_gives_its_points_once_and_a_taken_name_gets_a_number(
    add_closed, propose, ada, sign_in
):
    make_score_rule(3, "vip=yes", name="At least one of: CALLS that reached someone")
    for lead in add_closed(60, "won"):
        make_activity(lead, "call", "reached", YEAR + 10)
    add_closed(60, "lost")
    propose(ada)
    sign_in(ada).post(f"{PAGE}/add", {"fact": [0]})
    rule = ScoreRule.objects.active().get(counts="call")
    assert (rule.points, rule.at_most) == (50, 50)
    assert rule.name == "At least one of: calls that reached someone 2"


@pytest.mark.parametrize("places", [[], ["7"], ["x"], ["-1"]], ids=str)
def test_a_choice_of_nothing_adds_nothing_and_says_so(places, vips, propose, ada, sign_in):
    propose(ada)
    answer = sign_in(ada).post(f"{PAGE}/add", {"fact": places}, follow=True)
    assert "Choose at least one fact." in answer.text
    assert not ScoreRule.objects.exists()


def test_more_rules_than_the_most_are_refused(vips, propose, ada, sign_in):
    propose(ada)
    with operation("test", by=None):
        ScoreRule.objects.bulk_create(ScoreRule(name=f"Rule {n}", points=1) for n in range(100))
    answer = sign_in(ada).post(f"{PAGE}/add", {"fact": ["0"]}, follow=True)
    assert "There can be at most 100 score rules." in answer.text
    assert ScoreRule.objects.active().count() == 100


def test_nothing_can_be_chosen_before_a_proposal_was_asked_for(ada, sign_in):
    answer = sign_in(ada).post(f"{PAGE}/add", {"fact": ["0"]}, follow=True)
    assert "Choose at least one fact." in answer.text


def test_the_statements_of_a_proposal_do_not_grow_with_the_facts(
    vips, ada, propose, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30):
        propose(ada)
