"""Which list a page leads back to: only a list of this site, with its filters, search, sort and page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from crm.platform.web.responses import LONGEST_BACK as MOST
from crm.platform.web.responses import add_way_back
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing import way_back
from crm.records.listing.way_back import (
    add_list,
    add_list_of_url,
    build_list_url,
    get_list_query,
    get_way_back_or_previous,
    read_list_url,
)
from leads.kind import LEAD

LISTS = ["/admin/leads", "/admin/leads/trash", "/admin/deals"]
# What a URL says that it leads back to, and where the page leads back to.
TEXTS: dict[str, tuple[str, str]] = {
    "a list with filters, a sort and a page": (
        "/admin/leads?status=3&sort=-name&after=2.abc",
        "/admin/leads?status=3&sort=-name&after=2.abc",
    ),
    "a list with an address as a filter": (
        "/admin/leads?website=https%3A%2F%2Fa.example%2F",
        "/admin/leads?website=https%3A%2F%2Fa.example%2F",
    ),
    "Trash": ("/admin/leads/trash?q=Ana", "/admin/leads/trash?q=Ana"),
    "a list without anything": ("/admin/deals", "/admin/deals"),
    "a row of a list": ("/admin/leads?all=1#row-7", "/admin/leads?all=1"),
    "nothing": ("", ""),
    "another page of this site": ("/admin/settings?all=1", ""),
    "a list of records that the user may not view": ("/admin/contacts?all=1", ""),
    "a page below a list": ("/admin/leads/7/delete", ""),
    "a list of another site": ("https://evil.example/admin/leads?all=1", ""),
    "the same without a protocol": ("//evil.example/admin/leads", ""),
    "the same with a backslash": ("/\\evil.example/admin/leads", ""),
    "the same after a slash": ("///evil.example/admin/leads", ""),
    "an address that only begins like a list": ("/admin/leads@evil.example", ""),
    "a script": ("javascript:alert(1)//admin/leads", ""),
    "a list behind a protocol": ("javascript:/admin/leads", ""),
    "no address at all": ("http://[/admin/leads", ""),
    "a path without a slash": ("admin/leads?all=1", ""),
    "a line break in it": ("/admin/leads?q=a\r\nSet-Cookie:x", "/admin/leads?q=aSet-Cookie:x"),
}


@pytest.mark.parametrize(("text", "back"), TEXTS.values(), ids=TEXTS)
def test_only_a_list_of_this_site_is_a_way_back(text, back):
    assert read_list_url(text, LISTS) == back


# The URL of a page, the list, and the URL of the page with its way back.
PAGES: dict[str, tuple[str, str, str]] = {
    "a page": (
        "/admin/operations/7",
        "/admin/leads?q=a&b=1",
        "/admin/operations/7?back=%2Fadmin%2Fleads%3Fq%3Da%26b%3D1",
    ),
    "a page with parameters": (
        "/admin/export?set=1",
        "/admin/leads",
        "/admin/export?set=1&back=%2Fadmin%2Fleads",
    ),
    "a page that was opened from no list": ("/admin/operations/7", "", "/admin/operations/7"),
    "the longest way back": ("/x", "a" * (MOST - 5), f"/x?back={'a' * (MOST - 5)}"),
    "a longer one": ("/x", "a" * (MOST - 4), "/x"),
}


@pytest.mark.parametrize(("url", "back", "together"), PAGES.values(), ids=PAGES)
def test_how_a_page_keeps_its_way_back(url, back, together):
    assert add_way_back(url, back) == together


# The list that a record is opened from, the URL of the record, and the list to which its page leads back.
RECORDS: dict[str, tuple[str, str, str]] = {
    "a list with filters, a sort, a view and a page": (
        "/admin/leads?q=a&sort=name&view=3&after=2.b",
        "/admin/leads/7?list=q%3Da%26sort%3Dname%26view%3D3%26after%3D2.b",
        "/admin/leads?q=a&sort=name&view=3&after=2.b",
    ),
    "a board": (
        "/admin/leads/board?q=a",
        "/admin/leads/7?list=q%3Da%26on%3Dboard",
        "/admin/leads/board?q=a",
    ),
    "a list without filters": ("/admin/leads", "/admin/leads/7", "/admin/leads?all=1"),
    "no list": ("", "/admin/leads/7", "/admin/leads?all=1"),
}


@pytest.mark.parametrize(("back", "url", "listed"), RECORDS.values(), ids=RECORDS)
def test_which_list_a_record_keeps_and_leads_back_to(back, url, listed):
    assert add_list_of_url("/admin/leads/7", LEAD, back) == url
    query = parse_qs(urlsplit(url).query).get("list", [""])[0]
    assert add_list("/admin/leads/7", query) == url
    assert build_list_url(LEAD, QueryDict(query)) == listed


# How a page of a lead is asked for, on which page of ours, and the query of the list that it was opened from.
ASKED: dict[str, tuple[str, str, dict[str, str], str, str]] = {
    "a link with a list": ("get", "/admin/leads/7?list=q%3Da", {}, "", "q=a"),
    "a form with a list": (
        "post",
        "/admin/leads/7/take",
        {"list": "q=a"},
        "/admin/leads/7?list=q%3Db",
        "q=a",
    ),
    "a form whose URL has a list": (
        "post",
        "/admin/leads/7/edit?list=q%3Da",
        {},
        "/admin/leads/7/edit",
        "q=a",
    ),
    "a button on the page of a record": (
        "post",
        "/admin/leads/7/delete",
        {},
        "/admin/leads/7?list=q%3Da",
        "q=a",
    ),
    "the same on a page without a list": ("post", "/admin/leads/7/delete", {}, "/admin/leads/7", ""),
    "a button on the page of another record type": (
        "post",
        "/admin/leads/7/delete",
        {},
        "/admin/deals/7?list=q%3Da",
        "",
    ),
    "a button on the list itself": ("post", "/admin/leads/7/delete", {}, "/admin/leads?list=q%3Da", ""),
    "a button on a page with a similar address": (
        "post",
        "/admin/leads/7/delete",
        {},
        "/admin/leadsx?list=a",
        "",
    ),
    "a link on the page of a record": ("get", "/admin/leads/8", {}, "/admin/leads/7?list=q%3Da", ""),
    "a page of another site": (
        "post",
        "/admin/leads/7/delete",
        {},
        "//evil.example/admin/leads/7?list=a",
        "",
    ),
}


@pytest.mark.parametrize(("method", "url", "sent", "page", "query"), ASKED.values(), ids=ASKED)
def test_which_list_a_record_was_opened_from(method, url, sent, page, query, rf):
    behind = page if page.startswith("//") else f"//testserver{page}"
    request = getattr(rf, method)(url, sent or None, headers={"referer": f"http:{behind}"} if page else {})
    assert get_list_query(request, LEAD) == query


# The parameters of a page about chosen records, whether these are in Trash, and the list.
CHOSEN = {
    "a list with filters": ("status=3&q=Ana", False, "/admin/leads?status=3&q=Ana"),
    "a list without any": ("", False, "/admin/leads?all=1"),
    "Trash": ("bin=1&q=Ana", True, "/admin/leads/trash?q=Ana"),
    "a board": ("on=board&q=Ana", False, "/admin/leads/board?q=Ana"),
    "Trash without filters": ("bin=1", True, "/admin/leads/trash?all=1"),
}


@pytest.mark.parametrize(("query", "in_trash", "url"), CHOSEN.values(), ids=CHOSEN)
def test_which_list_the_chosen_records_are_in(query, in_trash, url):
    assert build_list_url(KINDS["lead"], QueryDict(query), in_trash=in_trash) == url


LEADS, DEALS = "/admin/leads?q=Ana", "/admin/deals?q=Ana"
# The list in the URL, the page that was open before, and where this one leads back to.
BEFORE = {
    "the page names its list": (LEADS, "/admin/settings", LEADS),
    "the page names its list and was opened from another one": (LEADS, DEALS, LEADS),
    "the button is on a list": ("", DEALS, DEALS),
    "the button is on another page": ("", "/admin/settings", ""),
    "the page names none that the user may view, but was opened from one": ("/admin/settings", DEALS, DEALS),
    "nothing": ("", "", ""),
}


@pytest.mark.parametrize(("named", "previous", "back"), BEFORE.values(), ids=BEFORE)
def test_the_list_in_the_url_comes_before_the_one_with_the_button(monkeypatch, named, previous, back):
    kinds = [KINDS["lead"], KINDS["deal"]]
    monkeypatch.setattr(way_back, "get_viewable_kinds", lambda user: kinds)
    request = RequestFactory().get("/x", {"back": named}, headers={"referer": f"http://testserver{previous}"})
    request.user = None
    assert get_way_back_or_previous(request) == back
