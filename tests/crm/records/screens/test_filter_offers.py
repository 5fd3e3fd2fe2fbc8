"""The filter panel: fields in the sections of the form, values found by typing, and used values first."""

import pytest
from django.http import QueryDict

from crm.records.listing.offered_filters import get_filterable_fields
from crm.records.listing.record_list import RecordList
from crm.records.screens.filter_offers import find_offered_values, get_field_groups, is_field_named
from leads.kind import LEAD

PANEL = {"HX-Request": "true", "HX-Target": "filter-panel"}
OFFERS = {"HX-Request": "true", "HX-Target": "filter-offers"}


@pytest.fixture
def offers(statuses, sources, ada):
    """offers("rom"): each value that is offered, as "Country: Romania"."""

    def found(text: str, query: str = "all=1", user=ada) -> list[str]:
        listing = RecordList(LEAD, QueryDict(query), user)
        values = find_offered_values(listing, get_filterable_fields(LEAD, user), text, QueryDict())
        return [f"{value.field}: {value.label}".removesuffix(": ") for value in values]

    return found


TYPED = {
    "nothing": ("", []),
    "the beginning of a value": ("roma", ["country: Romania"]),
    "without marks and capitals": ("COTE", ["country: Côte d'Ivoire"]),
    "the beginning of its second word": ("ivoi", ["country: Côte d'Ivoire"]),
    "the field and the value": ("country rom", ["country: Romania"]),
    "the value and the field": ("rom country", ["country: Romania"]),
    "a part in the middle of a word": ("omania", []),
    "the field alone, which would offer all its values": ("country", []),
    "yes or no, by its field": ("vip", ["VIP: yes", "VIP: no"]),
    "yes or no, with the answer": ("vip n", ["VIP: no"]),
    "a checkbox, whose label says it all": ("without em", ["without email"]),
    "a colleague by the first name": ("carla", ["owner: Carla", "added by: Carla"]),
}


@pytest.mark.parametrize(("text", "expected"), TYPED.values(), ids=TYPED)
def test_values_are_found_by_the_beginnings_of_their_words(offers, text, expected):
    assert offers(text) == expected


def test_a_value_that_begins_with_the_text_comes_before_one_with_a_later_word(offers):
    assert offers("new")[0] == "status: New"
    assert "country: Papua New Guinea" in offers("new guinea")


def test_at_most_eight_values_are_offered(offers):
    assert len(offers("s")) == 8


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("all=1", "country=RO"),
        ("country=DE&sort=name", "sort=name&country=DE&country=RO"),
        ("vip=yes", "vip=yes&country=RO"),
        ("country=DE&country_not=on", "country=DE&country=RO"),
        ("after=3.4&vip=yes", "vip=yes&country=RO"),
    ],
)
def test_a_value_is_added_to_those_of_its_field_and_the_other_filters_stay(ada, query, expected):
    fields, listing = get_filterable_fields(LEAD, ada), RecordList(LEAD, QueryDict(query), ada)
    [value] = find_offered_values(listing, fields, "romania", QueryDict())
    assert value.query == expected


def test_only_colleagues_whom_the_user_sees_are_offered(offers, bob):
    assert offers("carla", user=bob) == []


def test_fields_are_in_the_sections_of_the_form_and_found_by_the_beginnings_of_their_words(ada, make_field):
    field = make_field("Steel grade", "choice", choices=["A"])
    fields = get_filterable_fields(LEAD, ada)
    groups = {
        group.title: [name for name, _label in group.fields] for group in get_field_groups(LEAD, ada, fields)
    }
    assert list(groups) == [
        "Contact details",
        "Location",
        "Status and owner",
        "Additional details",
        "More",
    ]
    assert "country" in groups["Location"]
    assert field.name in groups["Additional details"]
    assert "created_at" in groups["More"]
    assert [group.fields for group in get_field_groups(LEAD, ada, fields, "ema")] == [
        [("email", "email"), ("second_email", "second email")],
        [("no_email", "without email")],
    ]


@pytest.mark.parametrize(("text", "first"), [("city", True), ("cit", False), ("vip", False)])
def test_a_field_that_is_named_in_full_comes_before_values(ada, text, first):
    fields, listing = get_filterable_fields(LEAD, ada), RecordList(LEAD, QueryDict("all=1"), ada)
    values = find_offered_values(listing, fields, text, QueryDict())
    assert is_field_named(get_field_groups(LEAD, ada, fields, text), values, text) is first


def test_countries_that_leads_have_come_first_and_chosen_ones_before_them(sign_in, ada, make_lead):
    for country in ("RO", "HU", "RO"):
        make_lead(country=country)
    page = sign_in(ada).get("/admin/leads/filter/country", {"query": "country=DE"})
    choices = [value for value, _label in page.context["question"]["choices"]]
    assert choices[:3] == ["DE", "RO", "HU"]
    assert choices[4:6] == ["AF", "AX"]


def test_countries_of_leads_that_the_user_does_not_see_stay_in_their_place(sign_in, dan, make_lead, bob):
    make_lead(country="RO", owner=bob)
    page = sign_in(dan).get("/admin/leads/filter/country", {"query": ""})
    choices = [value for value, _label in page.context["question"]["choices"]]
    assert choices[:2] != ["RO", "AF"]
    assert choices.index("RO") > 100


def test_a_short_list_of_values_stays_in_its_order(sign_in, ada, make_lead, statuses):
    make_lead(status=statuses.won)
    page = sign_in(ada).get("/admin/leads/filter/status", {"query": ""})
    labels = [label for _value, label in page.context["question"]["choices"]]
    assert labels == ["New", "Contacted", "Qualified", "Proposal", "Won", "Lost", "Disqualified"]


def test_the_panel_marks_filtered_fields_and_opens_the_first_of_them(sign_in, ada, statuses):
    page = sign_in(ada).get("/admin/leads/filter/add?country=RO", headers=PANEL)
    assert 'data-first="country"' in page.text
    assert page.text.count("filtered") == 1
    assert "<html" not in page.text


def test_the_number_of_queries_does_not_depend_on_the_text(
    sign_in, ada, statuses, sources, django_assert_max_num_queries
):
    browser = sign_in(ada)
    browser.get("/admin/leads/filter/add", {"text": "ro"}, headers=OFFERS)
    with django_assert_max_num_queries(15):
        browser.get("/admin/leads/filter/add", {"text": "roma"}, headers=OFFERS)
