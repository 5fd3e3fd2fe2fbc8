"""The header of a list: sorts, menus of the columns, and nothing that a name or a URL could break."""

import re
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import strip_tags

from leads.kind import LEAD
from leads.models import Lead
from leads.tables import LeadTable

pytestmark = pytest.mark.django_db


def heads(query: str = "all=1", **keywords) -> dict[str, str]:
    """The cells of the header by column."""
    shown = {
        "columns_shown": ["name", "company", "newsletter", "value"],
        "sortable": {"name", "value", "newsletter"},
    }
    table = LeadTable([], **shown, sort=keywords.pop("sort", "name"))
    cells = table.render_header(query=QueryDict(query), kind=LEAD, menus=query, **keywords)
    return dict(zip(shown["columns_shown"], re.findall(r"<th.*?</th>", cells), strict=True))


def links(cell: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]*)"', cell)


def test_a_sort_keeps_the_filters_and_begins_with_the_first_page():
    found = heads("country=RO&country=DE&q=a%26b&after=x&sort=-name", sort="-name")
    sort, menu = links(found["name"])
    assert parse_qs(urlsplit(sort.replace("&amp;", "&")).query) == {
        "country": ["RO", "DE"],
        "q": ["a&b"],
        "sort": ["name"],
    }
    assert menu == f"{reverse('leads:column', args=['name'])}?" + escape(
        "country=RO&country=DE&q=a%26b&after=x&sort=-name"
    )
    assert 'aria-sort="descending"' in found["name"]
    assert "aria-sort" not in found["value"]


def test_a_column_that_does_not_sort_only_has_a_menu():
    assert len(links(heads()["company"])) == 1


def test_a_quiet_column_says_its_label_to_screen_readers():
    assert '<span class="visually-hidden">Newsletter</span>' in heads()["newsletter"]


def test_a_column_that_sorts_by_something_else_says_so():
    assert 'title="sorted by the value in the base currency"' in heads()["value"]


@pytest.mark.parametrize("text", ['"><script>', "100% & more"])
def test_a_label_and_a_query_are_texts(text, monkeypatch):
    monkeypatch.setattr(LeadTable, "get_column_label", classmethod(lambda cls, name: text))
    for cell in heads(f"q={text}").values():
        assert "<script" not in cell
        assert text.split()[0] in strip_tags(cell).replace("&quot;", '"').replace("&gt;", ">").replace(
            "&lt;", "<"
        )


def test_the_name_of_a_lead_is_a_text_wherever_a_row_says_it(ada, make_lead, sign_in):
    make_lead('<b>"Ana"</b> %s', next_action="<i>call</i>")
    page = sign_in(ada).get("/admin/leads?all=1").text
    assert "<b>" not in page
    assert "<i>" not in page
    name = escape('<b>"Ana"</b> %s')
    assert f'aria-label="VIP: {name}"' in page
    assert f'aria-label="Select {name}"' in page
    assert f": next action of {name}" in page
    assert page.count(name) >= 6
    assert Lead.objects.count() == 1
