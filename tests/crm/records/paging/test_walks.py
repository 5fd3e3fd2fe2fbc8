"""A page is read by a walk along an index, or from all matches: both find the same leads."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.records.history.verb_execution import operation
from crm.records.listing.search import search
from crm.records.paging import keyset_pages, page_queries, walk_continuation
from leads.models import Lead
from tests.crm.records.listing.pages import listing, walk
from tests.examples import one_in

LIMITS = {
    "collected": {"WALK": 1, "MOST_COLLECTED_ROWS": 3},
    "collected after a longer walk": {"WALK": 1, "MOST_COLLECTED_ROWS": 0, "LONG_WALK": 1, "SMALL": 0},
    "a longer walk": {"WALK": 1, "MOST_COLLECTED_ROWS": 0, "LONG_WALK": 12},
    "the longest walk": {"WALK": 6, "MOST_COLLECTED_ROWS": 0, "LONG_WALK": 6, "LONGEST_WALK": 40},
}
SORTED_BY = ["name", "company", "created_at", "owner", "status", "newsletter"]


@pytest.mark.parametrize(
    ("limits", "query", "name", "who"),
    one_in(5, product(LIMITS, ["vip=yes", "all=1"], SORTED_BY, ["bob", "ann", "ada"])),
)
@pytest.mark.hard
def test_leads_beyond_a_walk_are_still_found(limits, query, name, who, many, cast, monkeypatch):
    """Even with limits so small that every walk gives up, the pages are the same."""
    user = getattr(cast, who)
    expected = walk(user, f"sort={name}&{query}", size=4)
    monkeypatch.setattr(walk_continuation, "ENOUGH", 1)
    for limit, rows in LIMITS[limits].items():
        monkeypatch.setattr(page_queries, limit, rows)
    assert walk(user, f"sort={name}&{query}", size=4) == expected


@pytest.mark.parametrize("who", ["bob", "ann", "ada"])
@pytest.mark.parametrize("most", [1, 5, 4_000])
def test_two_common_words_find_the_same_pages_by_walking_as_by_looking_them_up(
    most, who, many, cast, monkeypatch
):
    user, query = getattr(cast, who), "q=e+example"
    expected = walk(user, query, size=4)
    assert len(expected) > 8
    monkeypatch.setattr(page_queries, "WALK", most)
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", 4)
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 8)
    assert walk(user, query, size=4) == expected


def test_two_common_words_are_found_without_looking_up_all_leads_that_have_both(ada, make_lead, monkeypatch):
    """Finding those with "scu" and "sibiu" in names takes 60 ms, and one page of them is needed."""
    for number in range(20):
        make_lead(f"Ana {number}", company="Sibiu Steel" if number % 2 else "Cluj Steel")
    monkeypatch.setattr(page_queries, "WALK", 12)
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", 4)
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 8)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, "q=ana+sibiu").get_page(4)
    assert len(page.ids) == 4
    assert [query for query in queries if "walk.place" in query["sql"]]
    assert not [
        query for query in queries if query["sql"].endswith("LIMIT 5") and "leadsearch" in query["sql"]
    ]


@pytest.fixture
def found_by_walks(monkeypatch):
    """How many leads each walk of a search for two words found."""
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", 4)
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 8)
    found: list[int] = []

    def counting(*arguments, **keywords):
        rows, unfinished = page_queries.walk(*arguments, **keywords)
        found.append(len(rows))
        return rows, unfinished

    monkeypatch.setattr(keyset_pages, "walk", counting)
    return found


@pytest.fixture
def make_steel(make_lead):
    """make_steel("Sibiu", 3, owner=bob) is a lead of a company there that was added so many hours ago."""
    moment = timezone.now()

    def made(city: str, hours: float, **values) -> Lead:
        created = moment - timedelta(hours=hours)
        return make_lead("Ana Pop", company=f"{city} Steel", created_at=created, **values)

    return made


def test_of_two_common_words_no_lead_is_looked_at_that_comes_after_the_page(
    bob, ben, make_steel, found_by_walks
):
    """Bob's own leads fill it, so of the leads that others share, only a newer one may be on it."""
    own = [make_steel("Sibiu", hours, owner=bob).pk for hours in range(1, 7)]
    for hours in range(100, 106):
        make_steel("Sibiu", hours, owner=ben, shared=True)
    newest = make_steel("Sibiu", 0, owner=ben, shared=True).pk
    assert listing(bob, "q=ana+sibiu").get_page(4).ids == [newest, *own[:3]]
    assert found_by_walks == [5, 1]


def test_a_second_walk_ends_where_the_page_ends(ada, make_steel, departments, found_by_walks, monkeypatch):
    """The newest leads of another department don't match, and those that do are older than the page."""
    monkeypatch.setattr(page_queries, "WALK", 8)
    for number in range(15):
        make_steel("Cluj", number / 100, department=departments.export)
    shown = [make_steel("Sibiu", hours, department=departments.sales).pk for hours in range(1, 7)]
    for hours in range(100, 110):
        make_steel("Sibiu", hours, department=departments.export)
    assert listing(ada, "q=ana+sibiu").get_page(4).ids == shown[:4]
    assert found_by_walks == [5, 0]


def test_two_common_words_that_name_a_country_find_the_leads_there(ada, make_lead, found_by_walks):
    there = [make_lead("Ana Pop", country="NZ").pk, make_lead("Zealand New", country="RO").pk]
    assert set(listing(ada, "q=new+zealand").get_page(4).ids) == set(there)


def test_a_search_that_a_walk_could_not_fill_collects_its_leads_without_walking_again(
    ada, make_lead, monkeypatch
):
    for number in range(6):
        make_lead(f"Ana Old {number}", company="Sibiu Steel")
    for number in range(12):
        make_lead(f"New {number}")
    monkeypatch.setattr(page_queries, "WALK", 1)
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", 4)
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 8)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, "q=ana+sibiu").get_page(4)
    assert len(page.ids) == 4
    assert sum("AS page(first" in query["sql"] for query in queries) == 1


def test_the_page_of_two_common_words_looks_none_of_them_up(ada, client, make_lead, monkeypatch):
    """Neither does the sentence about invalid filters, which took more than half of the page's time."""
    for number in range(80):
        make_lead(f"Ana {number}", company="Sibiu Steel")
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 2 * search.MOST_LOOKED_UP_RECORDS)
    client.force_login(ada)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/admin/leads?q=ana+sibiu").content.decode()
    assert "Ana 79" in page
    assert not [query for query in queries if f"LIMIT {search.MOST_LOOKED_UP_RECORDS + 1}" in query["sql"]]


@pytest.mark.parametrize(
    ("query", "old"),
    [
        ("time_in_status.above=30", "status_since"),
        ("time_in_status.between=30..90", "status_since"),
        ("status_since.before=2026-02-02", "status_since"),
        ("updated_at.before=2026-02-02", "updated_at"),
        ("assigned_at.before=2026-02-02", "assigned_at"),
        ("created_at.before=2026-02-02", "created_at"),
        ("created_at.between=2026-01-01..2026-02-02", "created_at"),
    ],
)
def test_a_filter_by_age_walks_from_that_age_on(query, old, ada, make_lead, monkeypatch):
    """Newest first, no lead of the last month has been in its status for longer: passing them all took a second."""
    then = timezone.now() - timedelta(days=40) if "time_in" in query else "2026-02-01T00:00Z"
    for number in range(6):
        make_lead(f"Old {number}", **{old: then})
    for number in range(20):
        make_lead(f"New {number}")
    monkeypatch.setattr(page_queries, "WALK", 1)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, query).get_page(4)
    found = Lead.objects.filter(first_name="Old").order_by("-created_at", "-pk")
    assert page.ids == list(found.values_list("pk", flat=True)[:4])
    assert sum("AS page(first" in query["sql"] for query in queries) == 1
    assert not [query for query in queries if "AS MATERIALIZED" in query["sql"]]


@pytest.mark.parametrize(
    "query", ["any.time_in_status.above=30&any.vip=yes", "status_since.after=2026-01-01", "over_limit=yes"]
)
def test_a_filter_that_also_finds_new_leads_begins_with_the_newest(query, ada, make_lead):
    make_lead("New", vip=True)
    make_lead("Old", vip=True, status_since=timezone.now() - timedelta(days=40))
    rows = listing(ada, query)
    assert len(rows.get_page(4).ids) == rows.count()


def test_the_walk_continues_if_many_leads_match_but_none_of_the_newest(ada, make_lead, monkeypatch):
    """As after an import of leads without the searched word: collecting 90,000 takes 200 ms."""
    for number in range(6):
        make_lead(f"Old {number}", vip=True)
    for number in range(12):
        make_lead(f"New {number}")
    monkeypatch.setattr(page_queries, "WALK", 1)
    monkeypatch.setattr(page_queries, "MOST_COLLECTED_ROWS", 0)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, "vip=yes").get_page(4)
    assert len(page.ids) == 4
    assert not [query for query in queries if "AS MATERIALIZED" in query["sql"]]
    assert len([query for query in queries if "walk.place" in query["sql"]]) == 3, (
        "a walk, its end, one further"
    )


@pytest.mark.parametrize(("longest", "collected"), [(80, 0), (30, 1)])
def test_the_walk_continues_if_its_rows_say_that_it_fills_the_page(
    longest, collected, ada, lead_of, monkeypatch
):
    """One lead in four matches, so 32 leads fill the page, however many come after them."""
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(f"Ana {number}", vip=number % 4 == 0) for number in range(60))
    monkeypatch.setattr(walk_continuation, "ENOUGH", 2)
    monkeypatch.setattr(walk_continuation, "estimate_rows_in_slices", lambda *_rows: 60)
    for limit, rows in {"WALK": 8, "LONG_WALK": 8, "LONGEST_WALK": longest}.items():
        monkeypatch.setattr(page_queries, limit, rows)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, "vip=yes").get_page(7)
    assert page.ids == list(Lead.objects.filter(vip=True).order_by("-pk").values_list("pk", flat=True)[:7])
    assert sum("AS MATERIALIZED" in query["sql"] for query in queries) == collected


@pytest.mark.parametrize(("most", "who"), one_in(3, product([4_000, 1], ["ada", "ann", "bob", "ben", "dan"])))
@pytest.mark.hard
def test_one_owner_status_source_country_department_or_period_shows_its_leads_by_age(
    most, who, many, cast, departments, statuses, sources, monkeypatch
):
    """Such a filter selects the index; it finds the same leads as the plain query."""
    monkeypatch.setattr(page_queries, "WALK", most)
    user = getattr(cast, who)
    source = Lead.objects.values_list("source_id", flat=True).first()
    asked = [f"owner={cast.bob.pk}", "owner=me", "owner=none", f"owner={cast.bob.pk}&owner=none"]
    asked += [f"status={statuses.new.pk}", f"status={statuses.new.pk}&status_not=on", f"source={source}"]
    asked += ["country=RO", "country=none", f"department={departments.sales.pk}", "owner=me&owner_not=on"]
    asked += [f"department={departments.export.pk}&department_not=on&status={statuses.lost.pk}"]
    asked += [f"department={departments.export.pk}&owner=me&status={statuses.lost.pk}&sort=created_at"]
    asked += ["created=today", "created=yesterday", "created=between&created_from=2020-01-01&sort=created_at"]
    asked += ["created=between&created_to=no date", "created=today&contacted=between&contacted_from=no date"]
    for query in asked:
        shown = listing(user, query)
        sign = "" if "sort=created_at" in query else "-"
        plain = shown.visible.order_by(f"{sign}created_at", f"{sign}id").values_list("pk", flat=True)
        assert walk(user, query, size=4) == list(plain), query


@pytest.mark.parametrize("name", ["-created_at", "-id", "state", "newsletter", "vip", "status"])
def test_a_walk_skips_a_trash_full_of_the_newest_leads(name, ada, make_lead, monkeypatch):
    """As after an import of 100,000 that was undone: the first page then took ten times as long."""
    for number in range(12):
        make_lead(f"Present {number}")
    for number in range(12):
        make_lead(f"Binned {number}", deleted_at=timezone.now())
    monkeypatch.setattr(page_queries, "WALK", 1)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, f"sort={name}").get_page(4)
    assert len(page.ids) == 4
    assert not [query for query in queries if "AS MATERIALIZED" in query["sql"]]


@pytest.mark.parametrize("sort", ["-assigned_at", "-created_at", "owner", "name"])
def test_own_leads_are_listed_once_wherever_they_are_and_whether_shared_or_not(cast, leads, sort):
    """They aren't looked for among the shared ones, because the other slices have them all."""
    for name in ("ada", "ann", "bob", "ben", "dan", "oscar"):
        user = getattr(cast, name)
        own = [f"owner=me&sort={sort}", f"owner={user.pk}&sort={sort}"]
        others = ["owner_not=on&owner=me", f"owner=me&owner={cast.ann.pk}"]
        for query in [*own, *(f"{other}&shared=yes&sort={sort}" for other in others)]:
            asked = listing(user, query)
            expected = sorted(asked.visible.values_list("pk", flat=True))
            assert sorted(asked.get_page(50).ids) == expected, (name, query)
            if query in own:
                assert expected == sorted(Lead.objects.owned_by(user).values_list("pk", flat=True))
