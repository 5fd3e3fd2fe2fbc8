"""The numbers of reports: by group, for all, and the leads behind them."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.records.history.verb_execution import carry_out, operation
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead, SourceCost
from leads.verbs import Move
from reports.engine.drill_down import build_list_url
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer

NOW = "2026-06-15T10:00:00Z"


def asked(query: str, viewer):
    return get_answer(parse_question(QueryDict(query), viewer), viewer)


def numbers(found, *names: str) -> dict:
    measures = {measure.name: measure for measure in found.question.measures}
    return {
        " ".join(group.texts): tuple(group.get_value(measures[name]) for name in names)
        for group in found.groups
    }


@pytest.fixture
def leads(make_lead, statuses, ada):
    """Four leads from the website, of which one is won; one referral, won."""
    made = [make_lead(f"Jan {n}", created_at=timezone.now() - timedelta(5)) for n in range(4)]
    made.append(make_lead("Eva Malá", source="referral", created_at=timezone.now() - timedelta(40)))
    for lead in (made[0], made[4]):
        carry_out(Move(status=statuses.won), Lead.objects.filter(pk=lead.pk), by=ada)
    return made


def test_rates_are_counted_for_each_source_and_for_all(leads, ada):
    found = asked("measure=leads&measure=client_rate&by=source&period=last90", ada)
    assert numbers(found, "leads", "client_rate") == {"Website": (4, 25), "Referral": (1, 100)}
    assert [found.total.get_value(measure) for measure in found.question.measures] == [5, 40]


def test_leads_count_by_when_they_were_added_or_by_what_happened(leads, ada):
    added = asked("measure=won&period=last30", ada)
    happened = asked("measure=won&period=last30&basis=happened", ada)
    assert (added.total.get_count("won"), happened.total.get_count("won")) == (1, 2)


def test_a_report_counts_the_leads_that_its_reader_sees(leads, ann, carla, departments, make_lead):
    make_lead("Zoe Adam", department=departments.export)
    assert asked("measure=leads", ann).total.get_count("leads") == 5
    assert asked("measure=leads", carla).total.get_count("leads") == 1


def test_leads_in_trash_do_not_count(leads, ada):
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[0].pk).update(deleted_at=timezone.now())
    assert asked("measure=leads", ada).total.get_count("leads") == 4


def test_filters_of_the_list_narrow_a_report(leads, ada, sources):
    assert asked(f"measure=leads&source={sources.referral.pk}", ada).total.get_count("leads") == 1
    assert asked("measure=leads&q=malá", ada).total.get_count("leads") == 1
    assert asked("measure=leads&company.contains=steel", ada).total.get_count("leads") == 0


@pytest.mark.parametrize("basis", ["added", "happened"])
@pytest.mark.parametrize(
    "by",
    [
        "source",
        "owner",
        "status",
        "kind",
        "month",
        "week",
        "country",
        "path",
        "vip",
        "score",
        "created_by",
        "city",
    ],
)
def test_each_number_leads_to_exactly_its_leads(leads, ada, by, basis):
    found = asked(f"measure=leads&measure=won&by={by}&basis={basis}&period=last90", ada)
    assert found.groups
    for group in found.groups:
        for part in ("leads", "won"):
            query = build_list_url(found.question, part, group.keys).partition("?")[2]
            listing = RecordList(LEAD, QueryDict(query), ada)
            assert listing.errors == []
            assert listing.count() == group.get_count(part), (group, part)


def test_a_lead_without_a_value_is_not_worth_nothing(make_lead, ada):
    make_lead("Jan Novák", value=100)
    make_lead("Eva Malá")
    make_lead("Zoe Adam", value=70, currency="TRY")
    found = asked("measure=value&measure=value_mean&measure=value_median", ada)
    assert [found.total.get_value(measure) for measure in found.question.measures] == [100, 100, 100]
    assert found.total.get_count("without_rate") == 1
    assert found.total.get_count("without_value") == 1


def test_costs_of_a_month_count_with_its_days_in_the_period(leads, ada, sources):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.website, month=date(2026, 4, 1), amount=300)
    found = asked("measure=costs&by=source&period=between&from=2026-04-01&to=2026-04-10", ada)
    assert numbers(found, "costs") == {"Website": (100,)}


def test_a_source_without_costs_has_no_return(leads, ada, sources):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.website, month=date.today().replace(day=1), amount=300)
    found = asked("measure=leads&measure=costs&measure=return&by=source&period=all", ada)
    assert numbers(found, "costs", "return")["Referral"] == (None, None)
    assert numbers(found, "costs", "return")["Website"] == (300, -100)


def test_costs_are_not_shared_among_owners(leads, ada, sources):
    with operation("test", by=None):
        SourceCost.objects.create(
            source=sources.website, month=(date.today() - timedelta(5)).replace(day=1), amount=300
        )
    found = asked("measure=costs&measure=leads&by=owner&period=last90", ada)
    assert numbers(found, "costs") == {"Unassigned": (None,)}


def test_a_period_is_compared_with_the_one_before(leads, ada):
    found = asked("measure=leads&period=last30&compare=before", ada)
    assert (found.total.get_count("leads"), found.before.total.get_count("leads")) == (4, 1)


def test_a_custom_field_groups_leads_for_those_who_see_it(leads, ada, make_field):
    field = make_field("Size", type="choice", choices=["small", "large"])
    found = asked(f"measure=leads&by={field.name}", ada)
    assert numbers(found, "leads") == {"None": (5,)}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "period=between&from=2026-05-02&to=2026-05-01",
            "The period ends before it begins. Enter a later end.",
        ),
        ("period=between&from=2026-05-02", "Enter the first and the last day of the period."),
        ("period=between&from=soon&to=later", "Enter a date like 25 Nov 2026."),
        ("period=forever", "This period isn’t available. Choose one from the list."),
        ("measure=password", "This number isn’t available. Choose one from the list."),
        ("by=owner__password", "You can’t group by this field. Choose one from the list."),
        ("by=source&by=owner&by=month", "Group by at most two fields."),
        ("basis=x", "This choice isn’t available: x"),
        ("source=999999", "Select a valid choice. 999999 is not one of the available choices."),
    ],
)
def test_what_a_report_cannot_read_is_a_sentence(leads, ada, query, sentence):
    found = asked(query, ada)
    assert found.groups == []
    assert found.problems == [sentence]


def test_a_report_with_too_many_rows_says_so(leads, ada, monkeypatch):
    monkeypatch.setattr("reports.engine.report_answer.MOST_GROUPS", 1)
    found = asked("measure=leads&by=source", ada)
    assert found.problems == [
        "This report has more than 1 rows. Group by another field, or filter the leads."
    ]


def test_costs_are_shown_to_company_managers_and_others_are_told(leads, sources, sign_in, ann, conrad):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.website, month=date(date.today().year - 1, 3, 1), amount=300)
    seen = sign_in(conrad).get("/admin/reports/sources?period=last_year").content.decode()
    assert "You can’t view costs." not in seen
    assert "300\u00a0EUR" in seen
    hidden = sign_in(ann).get("/admin/reports/sources?period=last_year").content.decode()
    assert "300\u00a0EUR" not in hidden
    # Once for the page, and a word in place of each number, so that none looks like a missing one.
    assert hidden.count("You can’t view costs. Ask Ada.") == 1
    assert hidden.count('<span class="soft">hidden</span>') >= 2


def test_who_sees_no_administrator_is_told_to_ask_one(leads, sign_in, carla):
    page = sign_in(carla).get("/admin/reports/sources?period=last_year").text
    assert "You can’t view costs. Ask an administrator." in page
    assert "Ask Ada" not in page


def test_a_report_of_ones_own_says_once_that_costs_are_withheld(leads, sign_in, ann):
    page = sign_in(ann).get("/admin/reports/new?measure=cost_per_lead&measure=leads&by=source").text
    assert page.count("You can’t view costs. Ask Ada.") == 1
