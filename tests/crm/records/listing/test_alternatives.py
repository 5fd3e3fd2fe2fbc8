"""Alternatives in the URL of a list (any.…): found, said in words, changed on screen, and used by everything that reads lists."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict

from crm.models import FrozenSet, SavedView
from crm.transfer.exports.selection import Selection
from leads.kind import LEAD
from leads.models import Lead
from tests.crm.records.listing.pages import listing, walk
from tests.crm.records.tables.test_column_menu import found_by, links


@pytest.fixture
def leads(cast, departments, make_lead):
    make_lead("A", country="RO", company="Omnia", owner=cast.bob)
    make_lead("B", country="DE", company="Steel Works", owner=cast.bob)
    make_lead("C", country="RO", company="Polar Steel", status="contacted", owner=cast.ben)
    make_lead("D", country="FR", company="Iron Ltd", value=10)
    make_lead("E", country="RO", owner=cast.dan, department=departments.export)


EITHER = "any.country=RO&any.company.contains=steel"


@pytest.mark.parametrize(
    ("who", "query", "found"),
    [
        ("ada", EITHER, "ABCE"),
        ("ann", EITHER, "ABC"),
        ("carla", EITHER, "E"),
        ("dan", EITHER, "E"),
        ("bob", EITHER, "AB"),
        ("ada", f"{EITHER}&owner=none", ""),
        ("ada", f"{EITHER}&status_not=on&status={{contacted}}", "ABE"),
        ("ada", f"{EITHER}&q=polar", "C"),
        ("ada", f"{EITHER}&sort=company", "ABCE"),
        ("ada", "any.country=RO", "ACE"),
        ("ada", "any.country=RO&any.country_not=on&any.company.contains=steel", "BCD"),
        ("ada", "any.company.contains=steel&any.company.contains=iron", "BCD"),
        ("ada", "company.contains=steel&any.country=RO&any.country=FR", "C"),
        ("ada", "any.value.is=10&any.owner=me&any.no_email=on", "ABCDE"),
        ("ada", "any.value.is=10&any.created=between&any.created_to=2000-01-01", "D"),
        ("ada", "any.company.empty=yes&any.owner=none", "DE"),
        ("ada", "any.q=x&any.sort=name&any.any.country=RO&any.country__in=RO", "ABCDE"),
    ],
)
def test_a_lead_must_meet_one_alternative_and_every_other_filter(who, query, found, leads, cast, statuses):
    query = query.format(contacted=statuses.contacted.pk)
    ids = listing(getattr(cast, who), query).get_page(50).ids
    assert "".join(sorted(Lead.objects.filter(pk__in=ids).values_list("last_name", flat=True))) == found


@pytest.mark.parametrize("who", ["ada", "ann", "bob", "dan"])
def test_alternatives_stay_within_the_scope_on_every_page(who, many, cast):
    user = getattr(cast, who)
    visible = Lead.objects.present().visible_to(user).order_by("-created_at", "-id")
    holds = lambda lead: lead.country == "RO" or (lead.value or 0) > 50  # noqa: E731
    found = walk(user, "any.country=RO&any.value.above=50", size=7)
    assert found == [lead.pk for lead in visible if holds(lead)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (EITHER, "country Romania or company contains “steel”"),
        (f"vip=yes&{EITHER}", "VIP yes, (country Romania or company contains “steel”)"),
        ("vip=yes&any.country=RO", "VIP yes, country Romania"),
        ("any.company.is=A&any.company.is=B", "company is “A” or company is “B”"),
    ],
)
def test_alternatives_read_as_a_sentence(query, words, ada):
    assert listing(ada, query).filters.describe() == words


@pytest.mark.parametrize(
    ("query", "sentence", "left"),
    [
        ("any.value.above=much", "Enter a number.", "ABCDE"),
        ("any.value.above=much&any.country=FR", "Enter a number.", "D"),
        ("any.created=between&any.created_from=soon", "Enter a date like 25 Nov 2026.", "ABCDE"),
        (
            "any.owner=99999999",
            "Select a valid choice. 99999999 is not one of the available choices.",
            "ABCDE",
        ),
        ("&".join(f"any.company.is={n}" for n in range(11)), "Use at most 10 alternatives.", ""),
    ],
)
def test_an_alternative_that_cannot_be_read_is_named_and_ignored(query, sentence, left, leads, ada, sign_in):
    assert listing(ada, query).errors == [sentence]
    response = sign_in(ada).get(f"/admin/leads?{query}")
    assert response.status_code == 400
    pks = re.findall(r"<tr id=row-(\d+)[ >]", response.text)
    names = Lead.objects.filter(pk__in=pks).values_list("last_name", flat=True)
    assert "".join(sorted(names)) == left


def test_the_chips_say_or_between_alternatives_and_each_can_be_removed(leads, ann, sign_in):
    client = sign_in(ann)
    page = client.get(f"/admin/leads?vip=no&{EITHER}").text
    sentence = page.partition('class="filters"')[2].partition("</div>")[0]
    assert " ".join(re.sub(r"<[^>]*>", " ", sentence.partition(">")[2]).split()) == (
        "Filtered by VIP no and either country Romania or company contains “steel” Clear all"
    )
    offered = links(sentence)
    assert offered["Remove filter: country Romania"] == "/admin/leads?vip=no&any.company.contains=steel"
    assert offered["Remove filter: VIP no"] == f"/admin/leads?{EITHER}"


@pytest.mark.parametrize(
    ("query", "name", "turned"),
    [
        ("country=RO&company.contains=steel", "Match any", EITHER),
        (f"{EITHER}&sort=name", "Match all", "sort=name&country=RO&company.contains=steel"),
        ("country=RO", "", ""),
        (f"vip=no&{EITHER}", "", ""),
    ],
)
def test_all_filters_are_turned_into_alternatives_and_back(query, name, turned, leads, ann, sign_in):
    client = sign_in(ann)
    offered = {
        text: at for text, at in links(client.get(f"/admin/leads?{query}").text).items() if "Match" in text
    }
    assert list(offered) == ([name] if name else [])
    if name:
        assert parse_qs(urlsplit(offered[name]).query) == parse_qs(turned)


def submit(client, address: str, **typed) -> dict[str, list[str]]:
    """Send the form of a filter at this address with its hidden fields, as a browser does; the list that it leads to."""
    form = client.get(address).text.partition('aria-labelledby="filter-by-title"')[2]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    path = urlsplit(address).path
    response = client.get(path, {name: unescape(value) for name, value in hidden.items()} | typed)
    assert response.status_code == 302, response.text
    return parse_qs(urlsplit(response["Location"]).query)


def test_the_form_adds_an_alternative_to_the_last_filter(leads, ann, sign_in):
    client = sign_in(ann)
    page = client.get("/admin/leads/filter/add?kind=new&country=RO&sort=name").text
    either = links(page)["Or"]
    page = client.get(either).text
    assert "country Romania or" in " ".join(re.sub(r"<[^>]*>", " ", page).split())
    company = links(page)["Company"]
    found = submit(client, company, operator="contains", text="steel")
    assert found == {
        "kind": ["new"],
        "sort": ["name"],
        "any.country": ["RO"],
        "any.company.contains": ["steel"],
    }
    again = links(client.get(f"/admin/leads/filter/add?vip=no&{EITHER}&any=1").text)["Company"]
    assert submit(client, again, operator="contains", text="iron")["any.company.contains"] == [
        "steel",
        "iron",
    ]
    country = again.replace("/company?", "/country?")
    assert submit(client, country, country="DE")["any.country"] == ["RO", "DE"]


def test_a_filter_beside_alternatives_leaves_them(leads, ann, sign_in):
    client = sign_in(ann)
    beside = links(client.get(f"/admin/leads/filter/add?{EITHER}").text)["Company"]
    found = submit(client, beside, operator="is_not", text="Omnia")
    assert found == {"any.country": ["RO"], "any.company.contains": ["steel"], "company.is_not": ["Omnia"]}


def chip(client, query: str, name: str) -> str:
    page = client.get(f"/admin/leads?{query}").text
    return links(page)[name]


def test_an_alternative_is_edited_from_its_chip(leads, ann, sign_in):
    client = sign_in(ann)
    query = "vip=no&any.company.contains=steel&any.company.contains=iron&any.country=RO"
    at = chip(client, query, "company contains “iron”")
    assert 'value="iron"' in client.get(at).text
    found = submit(client, at, operator="starts", text="Pol")
    assert found == {
        "vip": ["no"],
        "any.company.contains": ["steel"],
        "any.company.starts": ["Pol"],
        "any.country": ["RO"],
    }
    at = chip(client, query, "country Romania")
    assert re.search(r'value="RO"\s+checked', client.get(at).text)
    assert submit(client, at, country="FR", country_not="on")["any.country_not"] == ["on"]
    assert "any.country" not in submit(client, at)


def test_one_of_two_conditions_on_a_field_is_edited_without_the_other(leads, ann, sign_in):
    client = sign_in(ann)
    at = chip(client, "company.is_not=omnia&company.is_not=iron", "company is not “iron”")
    found = submit(client, at, operator="contains", text="steel")
    assert found == {"company.is_not": ["omnia"], "company.contains": ["steel"]}


def test_a_period_and_a_condition_on_the_same_field_each_have_their_form(leads, ann, sign_in):
    client = sign_in(ann)
    query = "next_action=overdue&next_action.contains=call"
    period = chip(client, query, "next action overdue")
    assert 'name="next_action_from"' in client.get(period).text
    assert submit(client, period, next_action="today")["next_action"] == ["today"]
    condition = chip(client, query, "next action contains “call”")
    assert submit(client, condition, operator="is", text="x") == {
        "next_action": ["overdue"],
        "next_action.is": ["x"],
    }


@pytest.mark.parametrize(
    "was", ["x", "any.", "any.company.contains", "%00", "q=1&sort=name", "company.contains=steel"]
)
def test_a_filter_that_the_list_does_not_have_changes_nothing(was, leads, ann, sign_in):
    response = sign_in(ann).get(
        "/admin/leads/filter/company", {"query": EITHER, "was": was, "operator": "is", "text": "Omnia"}
    )
    assert response.status_code == 302
    found = parse_qs(urlsplit(response["Location"]).query)
    assert found["any.company.contains"] == ["steel"]
    assert found["any.country"] == ["RO"]


# Everything else that reads lists


def test_views_bulk_changes_and_exports_take_the_alternatives(leads, ann, sign_in):
    client = sign_in(ann)
    client.post(f"/admin/leads/views/new?{EITHER}", {"name": "Steel", "audience": ""})
    view = SavedView.objects.get()
    assert parse_qs(view.query) == parse_qs(EITHER)
    assert found_by(client, f"/admin/leads?{view.address}") == "ABC"
    preview = client.post(f"/admin/leads/bulk?{EITHER}", {"action": "vip", "all": "1"})
    frozen = FrozenSet.objects.get()
    assert Lead.objects.filter(pk__in=frozen.ids).count() == 3
    shown = unescape(re.sub(r"<[^>]*>", " ", client.get(preview["Location"]).text))
    assert "country Romania or company contains “steel”" in " ".join(shown.split())
    selection = Selection(LEAD, QueryDict(EITHER), ann)
    assert set(selection.records.values_list("last_name", flat=True)) == {"A", "B", "C"}
    assert selection.words == "Leads: country Romania or company contains “steel”"


def test_the_form_with_all_filters_keeps_the_alternatives(leads, ann, sign_in):
    page = sign_in(ann).get(f"/admin/leads/filter?{EITHER}").text
    assert '<input type="hidden" name="any.country" value="RO">' in page
    assert '<input type="hidden" name="any.company.contains" value="steel">' in page
