"""Leadwell as another user sees it: for administrators, the same pages, and nothing can be changed."""

import re
from datetime import timedelta

import pytest
from django.urls import get_resolver

from accounts.models import Inspection, User
from accounts.users.page_viewing import OTHER_PAGES, OWN_PAGES, RECORD_PAGES
from crm.models import Activity, Operation
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.conftest import make_user
from tests.examples import one_in
from tests.url_names import read_url_names

READ_ONLY = "This view is read-only"
ENDED = "The view has ended"
PATHS = [
    "/admin/today?complete=1",
    "/admin/today/deferred",
    "/admin/leads?all=1",
    "/admin/leads/count?all=1",
    "/admin/leads/board?all=1",
    "/admin/leads/{lead}",
    "/admin/leads/{lead}/why",
    "/admin/companies",
    "/admin/tasks",
    "/admin/tasks/calendar",
    "/admin/reports/funnel",
    "/admin/reports/people?period=all",
    "/admin/reports/new?measure=leads&by=owner",
    "/admin/reports/goals",
    "/admin/jump?q=ana",
]


@pytest.fixture
def lead(cast, make_lead, departments):
    make_lead("Ana Bens", owner=cast.ben)
    make_lead("Ana Export", department=departments.export, owner=cast.dan)
    return make_lead("Ana Bobs", owner=cast.bob)


@pytest.fixture
def view(sign_in, ada):
    """view(person) is the browser of an administrator who views Leadwell as this user."""

    def begun(person):
        browser = sign_in(ada)
        browser.post(f"/admin/users/{person.pk}/inspect")
        assert browser.post(f"/admin/users/{person.pk}/view")["Location"] == "/"
        return browser

    return begun


def read(browser, path: str) -> str:
    """What the page shows, without what differs between any two requests."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    page = re.sub(r'<form class="message".*?</form>', "", answer.text, count=1, flags=re.DOTALL)
    page = page[page.find('<main class="sheet"') : page.find("</main>")] if "<main" in page else page
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|set=\d+|\s+', " ", page)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("stopped_clock")
def test_an_administrator_gets_the_page_that_the_user_gets(view, sign_in, cast, lead, path):
    """Reports are for managers."""
    person = cast.ann if "reports" in path else cast.bob
    path = path.format(lead=lead.pk)
    theirs = read(sign_in(person), path)
    browser = view(person)
    assert read(browser, path) == theirs
    assert "Ana Export" not in theirs


def test_what_the_user_can_not_see_is_not_found(view, bob, lead):
    browser = view(bob)
    for other in Lead.objects.exclude(pk__in=Lead.objects.visible_to(bob)):
        assert browser.get(f"/admin/leads/{other.pk}").status_code == 404


def test_each_page_says_as_whom_it_is_viewed_until_the_administrator_stops(view, bob, lead):
    browser = view(bob)
    assert "You’re viewing Leadwell as Bob." in " ".join(browser.get("/admin/leads?all=1").text.split())
    assert browser.post("/admin/viewing/stop")["Location"] == f"/admin/users/{bob.pk}"
    page = browser.get("/admin/leads?all=1").text
    assert "You’re viewing" not in page
    assert "Ana Export" in page
    assert browser.post("/admin/viewing/stop")["Location"] == "/"


def get_paths() -> list[str]:
    """Every address of the site, with a number for each parameter."""

    def walk(patterns, before: str):
        for pattern in patterns:
            path = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, path)
            elif getattr(pattern.callback, "login_required", True):
                yield "/" + re.sub(r"<[^>]+>", "1", path)

    own = {"/admin/viewing/stop", "/logout", "/notices", "/confirm"}
    return [path for path in walk(get_resolver().url_patterns, "") if path not in own]


@pytest.mark.parametrize("place", one_in(3, range(3)))
def test_no_address_accepts_a_form(view, bob, lead, place):
    browser = view(bob)
    before = Operation.objects.count()
    paths = [path for path in get_paths() if not path.startswith(("/api/", "/scim/"))]
    assert len(paths) > 300
    for path in paths[place::3]:
        answer = browser.post(path)
        assert answer.status_code in (403, 404, 405), path
        assert answer.status_code != 403 or READ_ONLY in answer.text, path
    assert Operation.objects.count() == before
    lead.refresh_from_db()
    assert lead.deleted_at is None


@pytest.mark.parametrize(
    "path",
    [
        "/profile",
        "/admin/users",
        "/admin/settings",
        "/admin/operations",
        "/notifications",
        "/admin/leads/{lead}/email",
    ],
)
def test_pages_that_are_not_shown_say_what_is(view, bob, lead, path):
    answer = view(bob).get(path.format(lead=lead.pk))
    assert answer.status_code == 403
    assert READ_ONLY in answer.text
    assert "Stop viewing" in answer.text


def test_the_shown_pages_exist():
    full = set(read_url_names(get_resolver().url_patterns))
    names = full | {name.rpartition(":")[2] for name in full}
    assert names >= RECORD_PAGES | OTHER_PAGES | OWN_PAGES


def test_after_an_hour_no_page_is_shown_and_forms_are_still_refused(view, bob, lead):
    browser = view(bob)
    for inspection in Inspection.objects.all():
        inspection.at -= timedelta(minutes=61)
        inspection.save()
    for answer in (browser.get("/admin/leads"), browser.post(f"/admin/leads/{lead.pk}/delete")):
        assert answer.status_code == 403
        assert ENDED in answer.text
        assert "Stop viewing" in answer.text
    lead.refresh_from_db()
    assert lead.deleted_at is None
    browser.post("/admin/viewing/stop")
    assert browser.get("/admin/leads?all=1").status_code == 200


def test_the_view_ends_when_the_user_is_deactivated_or_the_viewer_is_no_longer_an_administrator(
    view, ada, bob
):
    browser = view(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert ENDED in browser.get("/admin/leads").text
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert browser.get("/admin/leads?all=1").status_code == 200
    ada.groups.clear()
    assert browser.get("/admin/leads").status_code == 403


def test_the_view_has_to_be_asked_for_on_the_users_page(sign_in, ada, bob, ben):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{ben.pk}/inspect")
    assert browser.post(f"/admin/users/{bob.pk}/view").status_code == 404


def test_only_an_administrator_can_view_pages_as_another_user(sign_in, conrad, bob, ada, grant):
    browser = sign_in(grant(conrad, *ada.granted_permissions))
    Inspection.objects.create(by=conrad, user=bob)
    assert browser.post(f"/admin/users/{bob.pk}/view").status_code == 403
    assert "You’re viewing" not in browser.get("/admin/leads").text


def test_private_emails_of_the_user_are_not_shown(view, sign_in, bob, lead):
    with operation("test", by=bob):
        Activity.objects.create(
            of="lead",
            record=lead.pk,
            type="email",
            outcome="received",
            text="crossing purple",
            created_by=bob,
            private_to=bob,
        )
    path = f"/admin/leads/{lead.pk}"
    assert "purple" in sign_in(bob).get(path).text
    browser = view(bob)
    assert "purple" not in browser.get(path).text
    assert "purple" not in browser.get("/admin/jump", {"q": "crossing"}).text


def test_an_administrator_views_another_administrator_without_getting_their_settings(view, departments):
    second = make_user("second", "administrator", [departments.sales])
    assert READ_ONLY in view(second).get("/admin/users").text
