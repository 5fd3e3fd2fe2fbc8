"""API v2 sorts lists by the last change, if a condition says since when."""

import pytest
from django.http import QueryDict

from crm.models import SavedView
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead

pytestmark = pytest.mark.django_db

LEADS, SINCE = "/api/v2/leads", "updated_at.since=2026-03-01"

# What a list is narrowed by, and whether that says since when its records have changed.
CONDITIONS = {
    "since a day": ("updated_at.since=2026-03-01", True),
    "since a time": ("updated_at.since=2026-03-01T10:00:00Z", True),
    "after a day": ("updated_at.after=2026-03-01", True),
    "after a time": ("updated_at.after=2026-03-01T10:00:00Z", True),
    "a period": ("updated_at.in=last7", True),
    "between two days": ("updated_at.between=2026-03-01..2026-03-09", True),
    "between two times": ("updated_at.between=2026-03-01T10:00:00Z..2026-03-01T11:00:00Z", True),
    "from a day on": ("updated_at.between=2026-03-01..", True),
    "since a day, and before another": ("updated_at.since=2026-03-01&updated_at.before=2026-03-09", True),
    "since a day, among other conditions": ("vip=yes&updated_at.since=2026-03-01&any.vip=yes", True),
    "nothing": ("", False),
    "before a day": ("updated_at.before=2026-03-01", False),
    "before a time": ("updated_at.before=2026-03-01T10:00:00Z", False),
    "up to a day": ("updated_at.between=..2026-03-09", False),
    "up to a time": ("updated_at.between=..2026-03-09T10:00:00Z", False),
    "since a day, as one of two alternatives": ("any.updated_at.since=2026-03-01&any.vip=yes", False),
    "since a day without a value": ("updated_at.since=", False),
    "since a day that can't be read": ("updated_at.since=soon", False),
    "another time": ("created_at.since=2026-03-01", False),
    "an owner": ("owner=me", False),
    "a search": ("q=ana", False),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_which_conditions_say_since_when(case, ada):
    query, says = CONDITIONS[case]
    found = RecordList(LEAD, QueryDict(f"sort=-updated_at&{query}"), ada)
    assert (found.lacks_time_of_change, found.sort) == (not says, "-updated_at" if says else "-created_at")


def test_other_orders_lack_nothing(ada):
    for query in ("", "sort=name", "sort=-created_at", "sort=unknown"):
        assert not RecordList(LEAD, QueryDict(query), ada).lacks_time_of_change


@pytest.fixture
def leads(make_lead, ann):
    for number, moment in enumerate(
        ("05T10:00:02", "05T10:00:01", "05T10:00:01", "02T00:00:00", "07T00:00:00")
    ):
        make_lead(f"L{number}", owner=ann, updated_at=f"2026-03-{moment}Z")
    make_lead("Old", owner=ann, updated_at="2026-02-28T10:00:00Z")


def walk(program, query: str, many: str = "leads") -> list[str]:
    found, after = [], ""
    while True:
        page = program.get(f"/api/v2/{many}?{query}&limit=2{after}")
        found += [row["last_name"] for row in page[many]]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def test_records_come_in_the_order_of_their_last_change_page_by_page(leads, ann, umbra):
    in_order = ["L3", "L1", "L2", "L0", "L4"]
    assert walk(umbra(ann), f"sort=updated_at&{SINCE}") == in_order
    assert walk(umbra(ann), f"sort=-updated_at&{SINCE}") == in_order[::-1]


def test_a_record_that_changes_while_it_is_read_comes_again_at_the_end_and_none_is_lost(leads, ann, umbra):
    program, query = umbra(ann), f"{LEADS}?sort=updated_at&{SINCE}&limit=2"
    first = program.get(query)
    seen = [row["last_name"] for row in first["leads"]]
    program.patch(f"{LEADS}/{Lead.objects.get(last_name='L3').pk}", {"city": "Cluj"})
    rest, after = [], first["next"]
    while after:
        page = program.get(f"{query}&after={after}")
        rest, after = [*rest, *(row["last_name"] for row in page["leads"])], page["next"]
    assert (seen, rest) == (["L3", "L1"], ["L2", "L0", "L4", "L3"])


@pytest.mark.parametrize("many", ["leads", "companies", "contacts", "deals", "requests"])
def test_every_list_takes_the_order_and_says_what_to_add(many, umbra, ada):
    program = umbra(ada)
    for sort in ("updated_at", "-updated_at"):
        program.get(f"/api/v2/{many}?sort={sort}&{SINCE}")
        problem = program.get(f"/api/v2/{many}?sort={sort}", expect=400)
        assert (problem["code"], problem["detail"]) == (
            "invalid_sort",
            "To sort by updated_at, add a condition that says since when, such as updated_at.since=2026-05-31T08:38:04Z. "
            f"To follow all changes, call /api/v2/{many}/changes?since=.",
        )


def test_a_rep_finds_only_what_they_see(leads, make_lead, bob, departments, umbra):
    make_lead("Own", owner=bob, updated_at="2026-03-06T10:00:00Z")
    visible = (
        Lead.objects.visible_to(bob).filter(updated_at__gte="2026-03-01T00:00Z").order_by("updated_at", "pk")
    )
    assert "Own" in (names := list(visible.values_list("last_name", flat=True)))
    assert walk(umbra(bob), f"sort=updated_at&{SINCE}") == names


def test_trash_takes_the_order_in_the_same_way(make_lead, ada, umbra):
    program = umbra(ada)
    for name, day in (("B", "06"), ("A", "05"), ("Old", "01")):
        make_lead(name, updated_at=f"2026-03-{day}T10:00:00Z", deleted_at="2026-03-20T10:00:00Z")
    found = program.get(f"{LEADS}/trash?sort=updated_at&updated_at.after=2026-03-01")["trash"]
    assert [row["record"]["last_name"] for row in found] == ["A", "B"]
    program.get(f"{LEADS}/trash?sort=updated_at", expect=400)


def test_a_saved_view_has_the_order_only_with_the_condition(leads, ada, umbra):
    program = umbra(ada)
    body = {"of": "lead", "name": "Changed", "query": "sort=-updated_at"}
    refused = program.post("/api/v2/saved-views", body, expect=422)
    assert "add a condition that says since when" in refused["errors"][0]["detail"]
    program.post("/api/v2/saved-views", {**body, "query": f"sort=-updated_at&{SINCE}"}, expect=201)
    assert SavedView.objects.get().query == f"{SINCE}&sort=-updated_at"
    program.get(f"{LEADS}?view={SavedView.objects.get().pk}")
    program.get(f"{LEADS}?view={SavedView.objects.get().pk}&updated_at.since=", expect=400)


def test_the_page_of_a_list_sorts_by_it_too_or_as_usual(leads, ann, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"/admin/leads?sort=-updated_at&{SINCE}").text
    assert page.index("L4") < page.index("L0") < page.index("L3")
    assert "Sorted by a column that isn’t shown: Last change, descending." in page
    assert "Sorted by a column" not in browser.get("/admin/leads?sort=-updated_at").text
