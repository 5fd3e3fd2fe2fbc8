"""Conditions on any field: every operator finds what a plain comparison of the leads finds, and nothing else."""

from datetime import date
from decimal import Decimal
from itertools import product
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from crm.platform.text.text_folding import fold_text
from crm.records.listing.conditions import get_conditions_by_parameter
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead
from tests.crm.records.listing.pages import listing, walk
from tests.examples import one_in


def names(user, query: str) -> set[str]:
    return {lead.last_name for lead in Lead.objects.filter(pk__in=listing(user, query).get_page(50).ids)}


@pytest.fixture
def leads(ada, make_lead):
    make_lead(
        "Ilinca Mărgărint",
        company="Carpați Logistic SRL",
        email="Ilinca+fair@CarpatiLogistic.ro",
        phone="0722 123 456",
        phone_normal="+40722123456",
        city="Cluj-Napoca",
        description="Wants trackers that survive −25 °C",
        value=Decimal("1250.50"),
        language="ro",
        next_action_on=date(2026, 3, 5),
    )
    make_lead("Jan Novák", company="Ölwerk", city="Brno", value=70, next_action_on=date(2026, 3, 6))
    make_lead("Dan Pop", value=5, lost_remark="Too expensive: 100% more")
    make_lead("Eva Stone", company="Steel_works & Co", city="cluj")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("company.contains=LOGISTIC", {"Mărgărint"}),
        ("company.contains=ogist", {"Mărgărint"}),
        ("company.contains=carpati l", {"Mărgărint"}),
        ("company.contains=ÖLW", {"Novák"}),
        ("company.contains=_", {"Stone"}),
        ("company.contains=%25", set()),
        ("company.contains=%26 co", {"Stone"}),
        ("lost_remark.contains=100%25", {"Pop"}),
        ("company.is=olwerk", {"Novák"}),
        ("company.is=olwer", set()),
        ("company.is_not=olwerk", {"Mărgărint", "Pop", "Stone"}),
        ("company.starts=steel_", {"Stone"}),
        ("company.starts=logistic", set()),
        ("company.empty=yes", {"Pop"}),
        ("company.filled=yes", {"Mărgărint", "Novák", "Stone"}),
        ("city.is=cluj", {"Stone"}),
        ("city.starts=CLUJ", {"Mărgărint", "Stone"}),
        ("language.is=RO", {"Mărgărint"}),
        ("language.starts=R", {"Mărgărint"}),
        ("last_name.contains=margar", {"Mărgărint"}),
        ("last_name.is=NOVAK", {"Novák"}),
        ("email.contains=fair", {"Mărgărint"}),
        ("email.is=ilinca%2Bfair@carpatilogistic.ro", {"Mărgărint"}),
        ("phone.contains=722 123", {"Mărgărint"}),
        ("phone.contains=0722123456", {"Mărgărint"}),
        ("phone.ends=456", {"Mărgărint"}),
        ("phone.ends=45", set()),
        ("phone.contains=abc", set()),
        ("description.contains=trackers that", {"Mărgărint"}),
        ("value.is=70", {"Novák"}),
        ("value.is=1250.5", {"Mărgărint"}),
        ("value.above=70", {"Mărgărint"}),
        ("value.below=70", {"Pop"}),
        ("value.between=5..70", {"Novák", "Pop"}),
        ("value.between=70..", {"Mărgărint", "Novák"}),
        ("value.between=..5", {"Pop"}),
        ("value.empty=yes", {"Stone"}),
        ("next_action_on.before=2026-03-06", {"Mărgărint"}),
        ("next_action_on.after=2026-03-05", {"Novák"}),
        ("next_action_on.between=2026-03-05..2026-03-06", {"Mărgărint", "Novák"}),
        ("next_action_on.since=2026-03-06", {"Novák"}),
        ("next_action_on.filled=yes", {"Mărgărint", "Novák"}),
        ("next_action_on.before=9999-12-31", {"Mărgărint", "Novák"}),
        ("created_at.after=9999-12-31", set()),
        ("created_at.between=0001-01-01..9999-12-31", {"Mărgărint", "Novák", "Pop", "Stone"}),
        ("created_at.in=today", {"Mărgărint", "Novák", "Pop", "Stone"}),
        ("converted_at.empty=yes&value.above=60", {"Mărgărint", "Novák"}),
        ("company.is_not=olwerk&company.is_not=steel_works %26 co", {"Mărgărint", "Pop"}),
        ("company.contains=carpati&company.contains=log", {"Mărgărint"}),
        ("company.contains=carpati&company.contains=ol", set()),
        ("value.is=0", set()),
        ("company.contains=", {"Mărgărint", "Novák", "Pop", "Stone"}),
    ],
)
def test_a_condition_finds_exactly_the_leads_that_meet_it(query, found, leads, ada):
    assert names(ada, query) == found


SCOPED = [
    ("company.contains=er", lambda lead: "er" in fold_text(lead.company)),
    ("company.contains=alp", lambda lead: "alp" in fold_text(lead.company)),
    ("company.starts=z", lambda lead: fold_text(lead.company).startswith("z")),
    ("email.is=same@example.com", lambda lead: lead.email == "same@example.com"),
    ("email.is_not=same@example.com", lambda lead: lead.email != "same@example.com"),
    ("title.empty=yes", lambda lead: not lead.title),
    ("value.between=6..70", lambda lead: lead.value and 6 <= lead.value <= 70),
    ("phone.ends=3", lambda lead: lead.phone_normal.endswith("3")),
    ("created_at.before=2026-03-10", lambda lead: lead.created_at.date() < date(2026, 3, 10)),
    (
        "next_action_on.after=2026-01-05",
        lambda lead: lead.next_action_on and lead.next_action_on > date(2026, 1, 5),
    ),
]


@pytest.mark.parametrize(
    ("who", "case"),
    one_in(3, product(["ada", "ann", "bob", "dan"], SCOPED)),
    ids=lambda part: part if isinstance(part, str) else part[0],
)
def test_a_condition_stays_within_the_scope_on_every_page(case, who, many, cast):
    parameter, holds = case
    user = getattr(cast, who)
    visible = Lead.objects.present().visible_to(user).order_by("-created_at", "-id")
    assert walk(user, parameter, size=7) == [lead.pk for lead in visible if holds(lead)]


def test_days_are_those_of_the_readers_time_zone(ada, make_lead):
    make_lead("Night", created_at="2026-03-05T22:30Z")
    with timezone.override("Europe/Bucharest"):
        assert names(ada, "created_at.between=2026-03-06..2026-03-06") == {"Night"}
        assert names(ada, "created_at.before=2026-03-06") == set()
        assert names(ada, "created_at.after=2026-03-05") == {"Night"}
    with timezone.override("UTC"):
        assert names(ada, "created_at.after=2026-03-05") == set()


def test_conditions_read_as_a_sentence(ada):
    query = (
        "company.contains=steel&value.between=10..1000&next_action_on.in=overdue&created_at.after=2026-03-05"
    )
    words = listing(ada, query).filters.describe()
    assert words == (
        "company contains “steel”, value is between 10 and 1,000, next action date overdue, date added after 5 March 2026"
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("value.above=many", "Enter a number."),
        ("value.above=NaN", "Enter a number."),
        ("value.between=10", "Enter the first and the last value, with two dots between them."),
        ("value.between=9..3", "The first value is larger than the last one."),
        ("next_action_on.before=soon", "Enter a valid date."),
        ("created_at.in=someday", "Select a valid choice. someday is not one of the available choices."),
        ("company.empty=perhaps", "Select a valid choice. perhaps is not one of the available choices."),
        (f"company.contains={'x' * 201}", "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_a_condition_that_cannot_be_read_is_named_and_ignored(query, sentence, leads, ada):
    asked = listing(ada, query)
    assert asked.errors == [sentence]
    assert len(asked.get_page(50).ids) == 4


@pytest.mark.parametrize(
    "name",
    [
        "created_at.empty",
        "id.filled",
        "company.regex",
        "company__contains",
        "owner.password",
        "password.is",
        "name_key.is",
    ],
)
def test_only_the_listed_fields_and_operators_are_read(name, leads, ada):
    asked = listing(ada, f"{name}=x")
    assert asked.query == ""
    assert not asked.filters.active


def test_every_field_that_conditions_compare_has_operators():
    with_operators = {name.partition(".")[0] for name in get_conditions_by_parameter(LEAD)}
    assert with_operators == set(LEAD.fields.CONDITIONS)


# The screens


def choose(client, field: str, **values) -> dict:
    """What the list is asked for after this form; fails if the form comes back."""
    response = client.get(f"/admin/leads/filter/{field}", values)
    assert response.status_code == 302, response.text
    parts = urlsplit(response["Location"])
    assert parts.path == "/admin/leads"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


@pytest.fixture
def browser(client, ada):
    client.force_login(ada, backend="accounts.sign_in.EmailBackend")
    return client


def test_every_field_is_offered_and_has_a_form(browser):
    page = browser.get("/admin/leads/filter/add?vip=yes").text
    for name in [*LEAD.fields.CONDITIONS, "status", "owner", "vip", "tags", "no_email"]:
        assert f"/admin/leads/filter/{name}?" in page
        response = browser.get(f"/admin/leads/filter/{name}", {"query": "vip=yes"})
        assert response.status_code == 200
        assert f'value="vip={"yes"}"' in response.text or 'name="vip"' in response.text
    assert browser.get("/admin/leads/filter/password").status_code == 404


def test_a_condition_is_added_to_the_filters_search_and_sort_of_the_list(browser):
    query = "vip=yes&q=steel&sort=name&company.is=Acme&after=abc"
    found = choose(browser, "company", query=query, operator="contains", text=" Öl & Gas ")
    assert found == {"vip": "yes", "q": "steel", "sort": "name", "company.contains": "Öl & Gas"}


def test_numbers_are_read_in_the_readers_language_and_written_the_same_for_all(browser):
    assert choose(browser, "value", operator="above", number="1,250.50") == {"value.above": "1250.50"}
    between = {"operator": "between", "numbers_first": "1,000", "numbers_last": ""}
    assert choose(browser, "value", **between) == {"value.between": "1000.."}
    with translation.override("ro"):
        browser.cookies["language"] = "ro"
        assert choose(browser, "value", operator="above", number="1.250,50") == {"value.above": "1250.50"}


def test_dates_periods_and_emptiness_are_added(browser):
    assert choose(browser, "created_at", operator="in", period="last7") == {"created_at.in": "last7"}
    assert choose(browser, "created_at", operator="after", day="2026-03-05") == {
        "created_at.after": "2026-03-05"
    }
    days = {"operator": "between", "days_first": "2026-03-05", "days_last": "2026-03-06"}
    assert choose(browser, "created_at", **days) == {"created_at.between": "2026-03-05..2026-03-06"}
    assert choose(browser, "company", operator="empty", text="ignored") == {"company.empty": "yes"}


# What was typed beside "is after", and what the URL has then; the reader's clock is that of Bucharest.
TYPED = {
    "a day": ("5 Mar 2026", "2026-03-05"),
    "a day with a time": ("5 Mar 2026, 10:30", "2026-03-05T08:30:00Z"),
    "a day with seconds": ("5.3.2026 10:30:07", "2026-03-05T08:30:07Z"),
    "a time with its zone": ("2026-03-05T08:30:00Z", "2026-03-05T08:30:00Z"),
    "a time in summer": ("5 Jul 2026, 10:30", "2026-07-05T07:30:00Z"),
}


@pytest.mark.parametrize("case", TYPED)
def test_a_day_or_a_time_is_typed_as_people_write_it(case, browser, ada):
    type(ada).objects.filter(pk=ada.pk).update(time_zone="Europe/Bucharest")
    typed, expected = TYPED[case]
    assert choose(browser, "created_at", operator="after", day=typed) == {"created_at.after": expected}


def test_the_form_of_a_time_shows_it_as_a_date_on_the_readers_clock_and_keeps_it(browser, ada):
    type(ada).objects.filter(pk=ada.pk).update(time_zone="Europe/Bucharest")
    query = "created_at.between=2026-03-05T08:30:00Z..2026-03-06"
    page = browser.get("/admin/leads/filter/created_at", {"query": query}).text
    shown = {"days_first": "5 Mar 2026, 10:30", "days_last": "6 Mar 2026"}
    assert all(f'value="{text}"' in page for text in shown.values())
    assert 'value="2026-03-05T' not in page
    assert choose(browser, "created_at", operator="between", **shown) == {"created_at.between": query[19:]}


@pytest.mark.parametrize(
    ("field", "values", "sentence"),
    [
        ("created_at", {"operator": "after", "day": "T 5 Mar"}, "Enter a date like 25 Nov 2026."),
        (
            "next_action_on",
            {"operator": "after", "day": "5 Mar 2026, 10:30"},
            "Enter a date like 25 Nov 2026.",
        ),
        (
            "created_at",
            {"operator": "between", "days_first": "5 Mar 2026, 10:30", "days_last": "5 Mar 2026, 10:29"},
            "The period ends before it begins. Enter a later end.",
        ),
        (
            "next_action_on",
            {"operator": "between", "days_first": "6 Mar 2026", "days_last": "5 Mar 2026"},
            "The period ends before it begins. Enter a later end.",
        ),
        ("company", {"operator": "contains", "text": " "}, "Enter a value."),
        ("value", {"operator": "above", "number": "much"}, "Enter an amount like 1250 or 1,250.00."),
        (
            "value",
            {"operator": "between", "numbers_first": "9", "numbers_last": "3"},
            "The first value is larger than the last one.",
        ),
        ("value", {"operator": "between"}, "Enter a value."),
        ("created_at", {"operator": "after", "day": "soon"}, "Enter a date like 25 Nov 2026."),
        ("company", {"operator": "regex", "text": "x"}, "Select a valid choice."),
    ],
)
def test_an_invalid_condition_comes_back_with_a_sentence_and_what_was_typed(field, values, sentence, browser):
    response = browser.get(f"/admin/leads/filter/{field}", {"query": "vip=yes", **values})
    assert response.status_code == 200
    assert sentence in response.text
    assert all(value in response.text for value in values.values())
    assert 'value="vip=yes"' in response.text


def test_the_form_of_an_active_condition_shows_it(browser):
    page = browser.get("/admin/leads/filter/company", {"query": "company.starts=Öl"}).text
    assert '<option value="starts" selected>' in page
    assert 'value="Öl"' in page


def test_the_chip_of_a_condition_opens_its_form_and_its_cross_removes_only_it(browser, leads):
    page = browser.get("/admin/leads?company.contains=log&city.starts=cl").text
    assert "/admin/leads/filter/company?query=company.contains%3Dlog%26city.starts%3Dcl" in page
    assert 'href="/admin/leads?city.starts=cl"' in page


def test_the_form_with_all_filters_keeps_the_conditions(browser):
    page = browser.get("/admin/leads/filter?company.contains=log").text
    assert '<input type="hidden" name="company.contains" value="log">' in page
    assert page.count('name="company.contains"') == 1


def test_views_export_and_bulk_take_the_conditions_of_the_list(browser, leads, ada):
    from crm.models import FrozenSet, SavedView

    browser.post("/admin/leads/views/new?company.contains=log", {"name": "Logistics", "audience": ""})
    assert SavedView.objects.get().query == "company.contains=log"
    browser.post("/admin/leads/bulk?company.contains=log", {"action": "vip", "all": "1"})
    assert FrozenSet.objects.get().ids == [Lead.objects.get(last_name="Mărgărint").pk]
    assert "Mărgărint" not in RecordList(LEAD, QueryDict("company.contains=wer"), ada).visible.values_list(
        "last_name", flat=True
    )
