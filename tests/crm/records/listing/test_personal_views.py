"""A shared view or report with "owner: me" says that it differs by user: on the form that shares it, and where it is shown."""

import pytest

from crm.models import SavedView
from reports.models import Report
from tests.reading import close_up

pytestmark = pytest.mark.django_db

SENTENCE = "The records differ by user, because “me” and “my department” in “Owner” are those of the user who opens it."


@pytest.fixture
def views(ada, departments):
    """Views of the same leads: shared with the reader's own ones, private, and shared with the leads of everyone."""

    def view(name: str, query: str, department=None) -> SavedView:
        return SavedView.objects.create(
            table="lead", owner=ada, name=name, query=query, department=department
        )

    mine, sales = "owner=me&country=RO", departments.sales
    return view("Shared", mine, sales), view("Private", mine), view("All", "country=RO", sales)


def test_the_form_that_shares_a_view_says_so(sign_in, ada, views):
    browser = sign_in(ada)
    assert f"If you share it: {SENTENCE}" in close_up(browser.get("/admin/leads/views/new?owner=me").text)
    assert SENTENCE not in browser.get("/admin/leads/views/new?country=RO").text
    assert SENTENCE in browser.get(f"/admin/leads/views/{views[0].pk}").text


def test_the_form_of_a_user_who_cannot_share_views_says_nothing(sign_in, someone_with):
    eve = someone_with("view_lead", "see_all")
    assert SENTENCE not in sign_in(eve).get("/admin/leads/views/new?owner=me").text


@pytest.mark.parametrize("page", ["/admin/leads", "/admin/leads/board"])
def test_the_list_and_the_board_of_the_view_say_so(page, sign_in, ada, bob, views, make_lead):
    make_lead(owner=bob, country="RO")
    shared, private, everyones = views
    for reader in (ada, bob):
        assert SENTENCE in sign_in(reader).get(f"{page}?{shared.address}").text
    browser = sign_in(ada)
    for address in (private.address, everyones.address, "owner=me"):
        assert SENTENCE not in browser.get(f"{page}?{address}").text


def test_the_list_of_views_marks_the_shared_ones_that_differ(sign_in, ada, views):
    page = sign_in(ada).get("/admin/leads/views")
    assert page.context["personal"] == [views[0].pk]
    assert page.text.count("differs by user") == 1


def test_reports_say_so_too(sign_in, ada, departments):
    query = "measure=leads&by=source&owner=me"
    shared = Report.objects.create(owner=ada, name="Mine", query=query, department=departments.sales)
    private = Report.objects.create(owner=ada, name="Mine alone", query=query)
    browser = sign_in(ada)
    assert SENTENCE in browser.get(f"/admin/reports/new?{query}&report={shared.pk}").text
    assert SENTENCE not in browser.get(f"/admin/reports/new?{query}&report={private.pk}").text
    page = close_up(browser.get(f"/admin/reports/save?{query}").text)
    assert f"If you share it: {SENTENCE}" in page
