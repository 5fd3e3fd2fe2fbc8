"""The menu of a column: sort, filter, only or without a value of the page, hide and move; and the same two in a cell."""

import re
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from crm.models import ListSettings, SavedView
from crm.records.history.verb_execution import carry_out
from crm.records.tables.list_columns import get_columns_after_move
from leads.models import Lead
from leads.verbs import Edit

AT = "/admin/leads/columns"


@pytest.fixture
def leads(cast, departments, make_lead, make_tag):
    hot, cold = make_tag("hot"), make_tag("cold")
    make_lead("A", country="RO", company="Acme & Sons", owner=cast.bob, tags=[hot.pk, cold.pk])
    make_lead("B", country="RO", company="ACME & sons", owner=cast.bob, tags=[hot.pk])
    make_lead("C", country="DE", company="Omnia", owner=cast.ben)
    make_lead("D", company="")
    make_lead("E", country="FR", owner=cast.dan, department=departments.export)


def links(page: str) -> dict[str, str]:
    """The address of each link by its name."""
    found = {}
    for attributes, text in re.findall(r"<a\b([^>]*)>(.*?)</a>", page, re.DOTALL):
        if "href=" not in attributes:
            continue
        label = re.search(r'aria-label="([^"]*)"', attributes)
        name = label[1] if label else " ".join(re.sub(r"<[^>]*>", "", text).split())
        found[unescape(name)] = unescape(re.search(r'href="?([^"\s]*)', attributes)[1])
    return found


def found_by(client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    pks = re.findall(r"<tr id=row-(\d+)[ >]", page.text)
    return "".join(sorted(Lead.objects.filter(pk__in=pks).values_list("last_name", flat=True)))


@pytest.mark.parametrize(
    ("column", "query", "name", "found"),
    [
        ("country", "", "Only Romania", "AB"),
        ("country", "", "Without Romania", "CD"),
        ("country", "", "Only none", "D"),
        ("country", "", "Without none", "ABC"),
        ("country", "country=RO&country_not=on", "Without Germany", "D"),
        ("country", "country=RO&country_not=on", "Only Germany", "C"),
        ("country", "country=RO&country=DE", "Without Germany", "AB"),
        ("owner", "", "Only Bob", "AB"),
        ("owner", "", "Without Unassigned", "ABC"),
        ("owner", "q=acme", "Only Bob", "AB"),
        ("tags", "", "Only hot", "AB"),
        ("tags", "", "Without cold", "BCD"),
        ("status", "country=RO", "Only New", "AB"),
        ("company", "", "Only Omnia", "C"),
        ("company", "", "Only Acme & Sons", "AB"),
        ("company", "", "Without Omnia", "ABD"),
        ("company", "company.is_not=omnia", "Without Acme & Sons", "D"),
        ("company", "company.contains=o&after=x", "Without Omnia", "AB"),
    ],
)
def test_a_value_of_the_page_leads_to_the_leads_with_it_and_without_it(
    column, query, name, found, leads, ann, sign_in
):
    client = sign_in(ann)
    page = client.get(f"{AT}/{column}?{query}").text
    assert found_by(client, links(page)[name]) == found


def test_no_value_out_of_scope_is_offered(leads, ann, bob, sign_in):
    assert "France" not in sign_in(ann).get(f"{AT}/country").text
    assert "Germany" not in sign_in(bob).get(f"{AT}/country").text


def test_a_choice_that_the_list_is_not_set_to_is_not_taken_out(leads, ann, sign_in):
    """Without Bob, "my department" can't be said, and all others would be more leads than before."""
    offered = links(sign_in(ann).get(f"{AT}/owner?owner=team").text)
    assert "Only Bob" in offered
    assert "Without Bob" not in offered


def test_only_one_value_is_not_taken_out_of_itself(leads, ann, sign_in):
    assert "Without Germany" not in links(sign_in(ann).get(f"{AT}/country?country=DE").text)


def test_the_menu_sorts_and_filters(leads, ann, sign_in):
    page = sign_in(ann).get(f"{AT}/company?vip=no&sort=name&after=x").text
    offered = links(page)
    assert offered["Sort ascending"] == "/admin/leads?vip=no&sort=company"
    assert offered["Sort descending"] == "/admin/leads?vip=no&sort=-company"
    assert (
        offered["Filter by company"]
        == f"/admin/leads/filter/company?query={quote('vip=no&sort=name', safe='')}"
    )
    assert "aria-current" not in page.partition("column-menu")[2]
    again = sign_in(ann).get(f"{AT}/company?sort=-company").text.partition("column-menu")[2]
    assert again.count('aria-current="true"') == 1


@pytest.mark.parametrize(
    "column", ["name", "time_in_status", "newsletter", "id", "next_action", "description", "vip"]
)
def test_every_column_has_a_menu(column, leads, ann, sign_in):
    client = sign_in(ann)
    page = client.get(f"{AT}/{column}")
    assert page.status_code == 200
    for name, address in links(page.text.partition("column-menu")[2]).items():
        if not name.startswith("Filter by"):
            assert client.get(address).status_code == 200, name


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        ("next_action", ["next action", "next action date"]),
        ("value", ["value", "currency"]),
        ("time_in_status", ["time in status"]),
        ("newsletter", ["newsletter"]),
    ],
)
def test_a_column_filters_by_each_field_that_it_shows(column, fields, leads, ann, sign_in):
    offered = links(sign_in(ann).get(f"{AT}/{column}").text)
    assert [name for name in offered if name.startswith("Filter by")] == [
        f"Filter by {name}" for name in fields
    ]


def test_the_column_of_names_filters_by_both_names(leads, ann, sign_in):
    offered = links(sign_in(ann).get(f"{AT}/name").text)
    assert {"Filter by first name", "Filter by last name"} <= set(offered)
    assert "Move left" not in sign_in(ann).get(f"{AT}/name").text


@pytest.mark.parametrize(
    ("name", "move", "columns"),
    [
        ("company", "left", ["name", "company", "email", "owner"]),
        ("company", "right", ["name", "email", "owner", "company"]),
        ("company", "hide", ["name", "email", "owner"]),
        ("email", "left", ["name", "email", "company", "owner"]),
        ("owner", "right", ["name", "email", "company", "owner"]),
        ("name", "hide", ["name", "email", "company", "owner"]),
        ("city", "left", ["name", "email", "company", "owner"]),
        ("city", "jump", None),
    ],
)
def test_a_column_is_moved_past_its_neighbor_or_hidden(name, move, columns):
    assert get_columns_after_move(["name", "email", "company", "owner"], name, move) == columns


def test_moving_and_hiding_is_saved_for_this_user_and_keeps_the_list(leads, ann, sign_in):
    client = sign_in(ann)
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "email", "company"]})
    answer = client.post(f"{AT}/company?vip=no&sort=name", {"move": "left"})
    assert answer["Location"] == "/admin/leads?vip=no&sort=name"
    assert ListSettings.objects.get().columns["lead"] == ["name", "company", "email"]
    client.post(f"{AT}/company", {"move": "hide"})
    assert ListSettings.objects.get().columns["lead"] == ["name", "email"]
    assert client.post(f"{AT}/company", {"move": "sideways"}).status_code == 400
    assert client.get(f"{AT}/password").status_code == 404


def test_the_columns_of_a_view_are_the_ones_that_move(leads, ann, sign_in):
    view = SavedView.objects.create(table="lead", owner=ann, name="Mine", columns=["name", "city", "email"])
    sign_in(ann).post(f"{AT}/email?view={view.pk}", {"move": "left"})
    assert ListSettings.objects.get().columns["lead"] == ["name", "email", "city"]
    assert SavedView.objects.get().columns == ["name", "city", "email"]


def test_each_header_opens_its_menu_with_the_list_as_it_is(leads, ann, sign_in):
    page = sign_in(ann).get("/admin/leads?vip=no&sort=name").text
    openers = re.findall(r'<a href="(/admin/leads/columns/[^"]*)"\s+aria-label="Column', page)
    assert len(openers) == page.count('<th scope="col"')
    assert parse_qs(urlsplit(unescape(openers[0])).query) == {"vip": ["no"], "sort": ["name"]}
    assert "/columns/" not in sign_in(ann).get("/admin/leads/trash").text


def test_the_small_form_of_a_cell_narrows_the_list_behind_it(leads, ann, sign_in):
    lead = Lead.objects.get(last_name="C")
    client = sign_in(ann)
    for headers in (
        {
            "HX-Request": "true",
            "HX-Target": "inline",
            "HX-Current-URL": "http://testserver/admin/leads?vip=no",
        },
        {"Referer": "http://testserver/admin/leads?vip=no"},
    ):
        page = client.get(f"/admin/leads/{lead.pk}/inline/owner", headers=headers).text
        offered = links(page)
        assert parse_qs(urlsplit(offered["Filter: Ben"]).query)["vip"] == ["no"]
        assert found_by(client, offered["Filter: Ben"]) == "C"
        assert found_by(client, offered["Hide: Ben"]) == "ABD"
        page = client.get(f"/admin/leads/{lead.pk}/inline/status", headers=headers).text
        assert found_by(client, links(page)["Filter: New"]) == "ABCD"
    for behind in ("http://elsewhere.example/admin/leads", f"http://testserver/admin/leads/{lead.pk}"):
        page = client.get(f"/admin/leads/{lead.pk}/inline/owner", headers={"Referer": behind}).text
        assert "Filter: Ben" not in page


def test_the_list_behind_a_cell_is_read_through_its_allow_list(leads, ann, sign_in):
    lead = Lead.objects.get(last_name="C")
    headers = {"Referer": "http://testserver/admin/leads?owner__password=x&vip=%22%3E%3Cscript%3E"}
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}/inline/owner", headers=headers)
    assert page.status_code == 200
    assert "password" not in page.text.partition("narrowed")[2]
    assert "<script>" not in page.text.partition("narrowed")[2].partition("</div>")[0]


def test_the_menu_of_a_money_column_shows_the_total_of_the_list_in_the_base_currency(
    cast, departments, make_lead, sign_in
):
    make_lead("A", value=Decimal(1000), currency="EUR", country="RO")
    make_lead("B", value=Decimal(500), currency="EUR", country="RO")
    make_lead("C", value=Decimal(70), currency="XAU", country="RO")
    make_lead("D", value=Decimal(9), currency="EUR", country="DE")
    make_lead("E", value=Decimal(7000), currency="EUR", country="RO", department=departments.export)
    browser = sign_in(cast.ann)
    menu = browser.get(f"{AT}/value?country=RO").text
    assert "1,500" not in menu
    shown = browser.get(links(menu)["Show the total"]).text
    assert "Total: 1,500\xa0EUR in 2 leads with a value." in shown
    assert "Without an exchange rate, and not included: 1 lead." in shown
    assert "Show the total" not in browser.get(f"{AT}/company").text
    assert "Total" not in browser.get(f"{AT}/company?total=1").text


def test_a_custom_number_adds_up_too(cast, make_lead, make_field, sign_in):
    seats = make_field("Seats", "number", unit="kg")
    for number in (3, 4):
        lead = make_lead(f"Lead {number}", owner=cast.ann)
        changes = Edit({seats.name: Decimal(number)})
        carry_out(changes, Lead.objects.filter(pk=lead.pk), by=cast.ann)
    make_lead("Other", owner=cast.ann)
    shown = sign_in(cast.ann).get(f"{AT}/{seats.name}?total=1").text
    assert "Total: 7 kg in 2 leads with a value." in shown
