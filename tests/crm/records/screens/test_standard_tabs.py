"""A standard tab: its name says its filters, which aren't repeated above the list or in a column."""

import pytest

from crm.models import SavedView

LIST = "/admin/leads"
MINE = f"{LIST}?owner=me&kind=new&kind=contacted&kind=qualified&kind=proposal"


@pytest.fixture
def browser(bob, make_lead, sign_in):
    make_lead(owner=bob)
    return sign_in(bob)


def test_a_standard_tab_does_not_repeat_its_filters_above_the_list(browser):
    page = browser.get(LIST, follow=True).text
    assert "data-standard" in page
    assert "Filtered by" not in page


def test_another_filter_shows_all_of_them(browser):
    page = browser.get(f"{MINE}&vip=no").text
    assert "data-standard" not in page
    assert "Filtered by" in page


def test_a_saved_view_with_the_same_filters_shows_them(browser, bob):
    view = SavedView.objects.create(table="lead", owner=bob, name="Mine", query=MINE.partition("?")[2])
    page = browser.get(f"{MINE}&view={view.pk}").text
    assert "data-standard" not in page
    assert "Filtered by" in page
