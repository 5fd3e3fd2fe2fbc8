"""When a saved view was last used and by whom: recorded once a day, counted for those who may open the view."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import SavedView, SavedViewUse
from crm.platform.jobs import housekeeping
from crm.records.history.verb_execution import operation
from crm.records.listing.saved_view_use import record_use

PAGE = "/admin/leads/views"


@pytest.fixture
def shared(ann, departments):
    """Ann's view, for Sales."""
    return SavedView.objects.create(
        table="lead", owner=ann, name="VIPs", query="vip=yes", department=departments.sales
    )


@pytest.fixture
def private(ann):
    return SavedView.objects.create(table="lead", owner=ann, name="Mine", query="vip=no")


def used(view, user, days: int) -> None:
    """The user's last use was so many days ago."""
    day = timezone.localdate() - timedelta(days=days)
    SavedViewUse.objects.update_or_create(view=view, user=user, defaults={"used_on": day})


def row_of(page: str, name: str) -> str:
    """The text of a view's row, without tags."""
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{name}<" in row)
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


def writes(asked) -> list[str]:
    return [query["sql"] for query in asked if "INSERT INTO crm_savedviewuse" in query["sql"]]


def test_opening_a_view_records_its_use_once_a_day(ann, shared, sign_in):
    browser = sign_in(ann)
    with CaptureQueriesContext(connection) as first:
        browser.get(f"/admin/leads?{shared.address}")
    assert len(writes(first)) == 1
    use = SavedViewUse.objects.get()
    assert (use.view, use.user, use.used_on) == (shared, ann, timezone.localdate())
    with CaptureQueriesContext(connection) as again:
        browser.get(f"/admin/leads?{shared.address}&after=x")
    assert writes(again) == []
    used(shared, ann, days=1)
    browser.get(f"/admin/leads?{shared.address}")
    assert SavedViewUse.objects.get().used_on == timezone.localdate()


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Target": "records"},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ],
)
def test_a_part_of_a_page_or_one_that_is_loaded_ahead_is_no_use(headers, ann, shared, sign_in):
    assert sign_in(ann).get(f"/admin/leads?{shared.address}", headers=headers).status_code == 200
    assert not SavedViewUse.objects.exists()


def test_only_the_page_of_the_list_is_a_use(ann, shared, sign_in):
    browser = sign_in(ann)
    browser.head(f"/admin/leads?{shared.address}")
    browser.get(f"/admin/leads/count?{shared.address}")
    browser.get(f"/admin/leads/columns/company?{shared.address}")
    browser.get(f"/admin/leads?view={shared.pk}&status=nonsense")
    browser.get(PAGE)
    assert not SavedViewUse.objects.exists()


def test_the_list_asks_as_many_queries_with_a_recorded_use_as_before(ann, shared, make_lead, sign_in):
    make_lead(vip=True)
    browser, numbers = sign_in(ann), []
    browser.get(f"/admin/leads?{shared.address}")
    for address in ("?vip=yes", f"?{shared.address}"):
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/admin/leads{address}")
        numbers.append(len(asked))
    # One for the view itself, as before.
    assert numbers[1] - numbers[0] == 1


def test_another_users_private_view_is_not_opened_recorded_or_shown(oscar, private, sign_in):
    browser = sign_in(oscar)
    browser.get(f"/admin/leads?view={private.pk}&vip=no")
    assert not SavedViewUse.objects.exists()
    assert ">Mine<" not in browser.get(PAGE).text
    assert browser.get(f"{PAGE}/{private.pk}/remove").status_code == 404


def test_a_view_that_was_just_deleted_has_no_use(ann, shared):
    shared.delete()
    record_use(10**9, ann.pk, timezone.localdate())
    assert not SavedViewUse.objects.exists()


def test_a_use_that_cannot_be_recorded_does_not_break_the_page(ann, shared, sign_in, monkeypatch):
    monkeypatch.setattr("crm.records.listing.saved_view_use.LOCK_MILLISECONDS", "nonsense")
    assert sign_in(ann).get(f"/admin/leads?{shared.address}").status_code == 200
    assert not SavedViewUse.objects.exists()


def test_uses_go_with_their_view_and_with_their_user(ann, ben, shared, private):
    used(shared, ann, 0)
    used(shared, ben, 0)
    used(private, ann, 0)
    private.delete()
    assert SavedViewUse.objects.count() == 2
    with operation("test", by=None):
        ben.delete()
    assert [use.user for use in SavedViewUse.objects.all()] == [ann]


def test_the_page_says_when_each_view_was_last_used_and_by_how_many(ann, bob, ben, shared, private, sign_in):
    used(shared, ann, 3)
    used(shared, bob, 1)
    used(shared, ben, 90)
    used(private, ann, 0)
    page = sign_in(ann).get(PAGE).text
    assert "Yesterday" in row_of(page, "VIPs")
    assert "2 people Bob, Ann" in row_of(page, "VIPs")
    assert "Ben" not in row_of(page, "VIPs")
    assert "Today Only you" in row_of(page, "Mine")
    used(shared, bob, 12)
    assert "3 days ago" in row_of(sign_in(ben).get(PAGE).text, "VIPs")


def test_people_who_may_no_longer_open_a_view_do_not_count(ann, bob, ben, oscar, shared, sign_in):
    for person in (ann, bob, ben, oscar):
        used(shared, person, 2)
    ben.memberships.all().delete()
    type(oscar).objects.filter(pk=oscar.pk).update(is_active=False)
    assert "2 people Ann, Bob" in row_of(sign_in(ann).get(PAGE).text, "VIPs")
    SavedView.objects.update(department=None, role=bob.groups.get())
    # Ben has the role, but no department, so Ann doesn't see him; Oscar is inactive.
    assert "3 people Ann, Bob and 1 more" in row_of(sign_in(ann).get(PAGE).text, "VIPs")


def test_only_colleagues_are_named(cast, shared, sign_in):
    """Carla and Ann share a role, but only Sofia sees both departments."""
    SavedView.objects.update(department=None, role=cast.ann.groups.get())
    for name in ("ann", "carla"):
        used(shared, getattr(cast, name), 5)
    row = row_of(sign_in(cast.carla).get(PAGE).text, "VIPs")
    assert "5 days ago 2 people Carla and 1 more" in row
    page = sign_in(cast.ann).get(f"{PAGE}/{shared.pk}/remove").text
    assert "Carla" not in page


def test_a_view_without_recent_use_is_marked_and_comes_first_on_request(ann, shared, private, sign_in):
    SavedView.objects.update(uses_since=timezone.now() - timedelta(days=800))
    used(shared, ann, 10)
    browser = sign_in(ann)
    page = browser.get(f"{PAGE}?sort=used").text
    assert page.index(">Mine<") < page.index(">VIPs<")
    assert 'aria-sort="ascending"' in page
    year_ago = timezone.localdate() - timedelta(days=365)
    assert f"Not used since {year_ago.day} {year_ago:%b %Y} Not used in 90 days" in row_of(page, "Mine")
    assert "Not used in 90 days" not in row_of(page, "VIPs")
    page = browser.get(f"{PAGE}?sort=-used").text
    assert page.index(">VIPs<") < page.index(">Mine<")
    for sort in ("", "?sort=password", "?sort="):
        page = browser.get(f"{PAGE}{sort}").text
        assert page.index(">VIPs<") < page.index(">Mine<")
        assert "aria-sort" not in page


def test_a_new_view_is_not_called_unused(ann, private, sign_in):
    row = row_of(sign_in(ann).get(PAGE).text, "Mine")
    assert "Not used since" in row
    assert "Not used in 90 days" not in row


def test_the_page_asks_as_many_queries_for_many_views_as_for_two(ann, bob, shared, private, sign_in):
    def number() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(PAGE)
        return len(asked)

    browser = sign_in(ann)
    used(shared, ann, 1)
    before = number()
    for name in "abcdef":
        view = SavedView.objects.create(
            table="lead", owner=bob, name=name, department=shared.department, position=5
        )
        used(view, bob, 1)
    assert number() == before


def test_deleting_a_shared_view_says_how_many_people_use_it(ann, bob, ben, shared, private, sign_in):
    browser = sign_in(ann)
    address = f"{PAGE}/{shared.pk}/remove"
    assert "No one used this view in the last 90 days." in browser.get(address).text
    used(shared, bob, 1)
    used(shared, ben, 2)
    text = " ".join(browser.get(address).text.split())
    assert "Used by 2 people in the last 90 days: Bob, Ben." in text
    used(private, ann, 1)
    assert "90 days" not in browser.get(f"{PAGE}/{private.pk}/remove").text


def test_uses_older_than_a_year_are_forgotten(ann, bob, shared):
    used(shared, ann, 365)
    used(shared, bob, 366)
    assert housekeeping.clean_up()["delete_old_view_uses"] == 1
    assert [use.user for use in SavedViewUse.objects.all()] == [ann]


def test_views_of_companies_have_uses_too(ann, departments, sign_in):
    view = SavedView.objects.create(
        table="company", owner=ann, name="Romania", query="country=RO", department=departments.sales
    )
    browser = sign_in(ann)
    browser.get(f"/admin/companies?{view.address}")
    assert SavedViewUse.objects.get().view == view
    assert "Today 1 person Ann" in row_of(browser.get("/admin/companies/views").text, "Romania")
