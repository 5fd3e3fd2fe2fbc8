"""Which list a page leads back to: only a list of this site, with its filters, search, sort and page."""

import pytest

from crm.records.listing.way_back import MOST, add_list, add_way_back, read_list_url

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


def test_a_record_keeps_the_filters_of_its_list():
    assert (
        add_list("/admin/leads/7", "/admin/leads?q=a&sort=name") == "/admin/leads/7?list=q%3Da%26sort%3Dname"
    )
    assert add_list("/admin/leads/7", "/admin/leads") == "/admin/leads/7"
    assert add_list("/admin/leads/7", "") == "/admin/leads/7"
