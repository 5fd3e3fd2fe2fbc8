"""Sorting and paging: every column, both directions, forward and backward, in the order people expect on any server."""

import random

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Membership, User
from crm.records import pages_sql
from crm.records.folding import plain as folded
from crm.records.listing import Listing
from leads import fields, sorts
from leads.kind import LEAD
from leads.models import Lead
from leads.tables import LeadTable
from mailings.models import Mailing

PEOPLE = ["Zoe", "adam", "Éric", "Eva", "Østergaard", "Ștefan", "Stone"]


def listing(user, query="", **keywords):
    return Listing(LEAD, QueryDict(query), user, **keywords)


def walk(user, query, size=3):
    """All ids of a list, page by page forward; each page's "previous" must lead to the page before it."""
    found, after, before_last = [], "", []
    for _page in range(100):
        page = listing(user, f"{query}&after={after}" if after else query).page(size)
        if before_last and page.previous:
            back = listing(user, f"{query}&before={page.previous}").page(size)
            assert back.ids == before_last
        found += page.ids
        before_last = page.ids
        after = page.next
        if not after:
            return found
    raise AssertionError("the pages never end")


@pytest.fixture
def many(cast, departments, make_lead, make_tag, statuses, sources, reasons):
    """Sixty leads with repeated and empty values in every column."""
    chance = random.Random(4)
    tag = make_tag("hot")
    for number in range(60):
        owner = chance.choice([None, cast.bob, cast.ben, cast.dan])
        department = departments.export if owner == cast.dan or chance.random() < 0.2 else departments.sales
        status = chance.choice([statuses.new, statuses.contacted, statuses.lost, statuses.won])
        make_lead(
            f"{chance.choice(PEOPLE)} {chance.choice(PEOPLE)}",
            company=chance.choice(["", "Ölwerk", "Zeta", "alpha"]),
            email=chance.choice(["", f"x{number}@example.com", "same@example.com"]),
            second_email=chance.choice(["", "o@example.com"]),
            phone_normal=chance.choice(["", f"+4072212345{number % 7}"]),
            mobile_normal=chance.choice(["", "+40722123451"]),
            title=chance.choice(["", "CEO", "Buyer"]),
            city=chance.choice(["", "Iași", "Cluj"]),
            state=chance.choice(["", "IS"]),
            address=chance.choice(["", "Str. Lungă 3"]),
            zip=chance.choice(["", "00123", "99"]),
            website=chance.choice(["", "https://a.example"]),
            language=chance.choice(["", "ro", "de"]),
            country=chance.choice(["", "RO", "DE", "AT"]),
            value=chance.choice([None, 5, 70, 70]),
            tags=chance.choice([[], [tag.pk]]),
            vip=chance.random() < 0.3,
            shared=chance.random() < 0.1,
            status=status,
            lost_reason=chance.choice([reasons.budget, reasons.timing]) if status == statuses.lost else None,
            source=chance.choice([sources.event, sources.website, sources.other]),
            owner=owner,
            department=department,
            next_action_on=chance.choice([None, "2026-01-05", "2026-02-01"]),
            last_contacted_at=chance.choice([None, "2026-01-05T10:00Z"]),
            created_at=f"2026-03-{1 + number % 20:02}T10:00Z",
        )
    mailing = Mailing.objects.create(subject="Hello", by=cast.ann)
    for lead in Lead.objects.all()[:20]:
        mailing.deliveries.create(lead=lead, at="2026-04-01T10:00Z")
    return Lead.objects.count()


@pytest.mark.parametrize("who", ["bob", "ann", "ada"])
@pytest.mark.parametrize("name", fields.LIST)
def test_every_column_sorts_in_both_directions_without_lost_or_repeated_leads(name, who, many, cast):
    user = getattr(cast, who)
    visible = set(Lead.objects.visible_to(user).values_list("pk", flat=True))
    up = walk(user, f"sort={name}", size=7)
    down = walk(user, f"sort=-{name}", size=7)
    assert len(up) == len(visible)
    assert set(up) == set(down) == visible
    last = listing(user, f"sort={name}&last=1").page(7)
    assert last.ids == up[-7:]
    assert last.next == ""


def filled(rows, value):
    return [value(row) for row in rows if value(row) not in ("", None)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", lambda lead: lead.name_key),
        ("company", lambda lead: lead.company_key),
        ("email", lambda lead: lead.email_key),
        ("value", lambda lead: lead.base_value),
        ("next_action", lambda lead: lead.next_action_on),
        ("status", lambda lead: lead.status.position),
        ("country", lambda lead: folded(lead.country.name) if lead.country else ""),
        ("owner", lambda lead: folded(lead.owner.name) if lead.owner else ""),
        ("created_at", lambda lead: lead.created_at),
    ],
)
def test_values_are_in_order_and_empty_ones_come_last_in_both_directions(name, value, many, ada):
    rows = Lead.objects.in_bulk()
    up = [rows[pk] for pk in walk(ada, f"sort={name}", size=20)]
    down = [rows[pk] for pk in walk(ada, f"sort=-{name}", size=20)]
    assert filled(up, value) == sorted(filled(up, value))
    assert filled(down, value) == sorted(filled(down, value), reverse=True)
    for found in (up, down):
        empty = [value(row) in ("", None) for row in found]
        assert empty == sorted(empty)


def test_names_sort_the_way_people_expect_on_any_server(ada, make_lead):
    for name in PEOPLE:
        make_lead(name)
    shown = [Lead.objects.get(pk=pk).last_name for pk in walk(ada, "sort=name")]
    assert shown == ["adam", "Éric", "Eva", "Østergaard", "Ștefan", "Stone", "Zoe"]


def test_countries_are_sorted_by_the_name_in_the_readers_language(ada, make_lead):
    for code in ("DE", "AT", "GB", "RO"):
        make_lead(code, country=code)
    names = {row.pk: row.country.code for row in Lead.objects.all()}
    assert [names[pk] for pk in walk(ada, "sort=country")] == ["AT", "DE", "RO", "GB"]
    with translation.override("ro"):
        # Austria, Germania, Regatul Unit…, România
        assert [names[pk] for pk in walk(ada, "sort=country")] == ["AT", "DE", "GB", "RO"]


def test_the_longest_time_in_a_status_has_the_earliest_date(ada, make_lead):
    old = make_lead("Old", status_since="2026-01-01T00:00Z")
    new = make_lead("New", status_since="2026-02-01T00:00Z")
    assert walk(ada, "sort=-time_in_status") == [old.pk, new.pk]
    assert walk(ada, "sort=time_in_status") == [new.pk, old.pk]


def test_a_foreign_or_damaged_cursor_shows_the_first_page(ada, ann, many):
    first = listing(ada, "sort=name").page(5)
    for cursor in ("nonsense", first.next[:-2], listing(ann, "sort=name").page(5).next):
        assert listing(ada, f"sort=name&after={cursor}").page(5).ids == first.ids
    other_sort = listing(ada, "sort=company").page(5)
    assert listing(ada, f"sort=company&after={first.next}").page(5).ids == other_sort.ids


def test_an_unknown_sort_is_the_default(ada, many):
    assert listing(ada, "sort=password").page(5).ids == listing(ada).page(5).ids
    assert listing(ada, "sort=owner__password").sort == "-created_at"


@pytest.mark.parametrize("who", ["bob", "ann", "ada"])
@pytest.mark.parametrize("name", ["name", "company", "created_at", "owner", "status", "newsletter"])
@pytest.mark.parametrize("query", ["vip=yes", "all=1"])
@pytest.mark.parametrize(
    "limits",
    [
        {"WALK": 1, "FEW": 3},
        {"WALK": 1, "FEW": 0, "LONG_WALK": 1, "SMALL": 0},
        {"WALK": 1, "FEW": 0, "LONG_WALK": 12},
    ],
    ids=["collected", "collected after a longer walk", "a longer walk"],
)
def test_leads_beyond_a_walk_are_still_found(limits, query, name, who, many, cast, monkeypatch):
    """Even with limits so small that every walk gives up, the pages are the same."""
    user = getattr(cast, who)
    expected = walk(user, f"sort={name}&{query}", size=4)
    for limit, rows in limits.items():
        monkeypatch.setattr(pages_sql, limit, rows)
    assert walk(user, f"sort={name}&{query}", size=4) == expected


def test_the_walk_continues_if_many_leads_match_but_none_of_the_newest(ada, make_lead, monkeypatch):
    """As after an import of leads without the searched word: collecting 90,000 takes 200 ms."""
    for number in range(6):
        make_lead(f"Old {number}", vip=True)
    for number in range(12):
        make_lead(f"New {number}")
    monkeypatch.setattr(pages_sql, "WALK", 1)
    monkeypatch.setattr(pages_sql, "FEW", 0)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, "vip=yes").page(4)
    assert len(page.ids) == 4
    assert not [query for query in queries if "AS MATERIALIZED" in query["sql"]]
    assert len([query for query in queries if "walk.place" in query["sql"]]) == 3, (
        "a walk, its end, one further"
    )


@pytest.mark.parametrize("who", ["ada", "ann", "bob", "ben", "dan"])
@pytest.mark.parametrize("most", [4_000, 1])
def test_one_owner_status_source_country_department_or_period_shows_its_leads_by_age(
    most, who, many, cast, departments, statuses, sources, monkeypatch
):
    """Such a filter selects the index; it finds the same leads as the plain query."""
    monkeypatch.setattr(pages_sql, "WALK", most)
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
    monkeypatch.setattr(pages_sql, "WALK", 1)
    with CaptureQueriesContext(connection) as queries:
        page = listing(ada, f"sort={name}").page(4)
    assert len(page.ids) == 4
    assert not [query for query in queries if "AS MATERIALIZED" in query["sql"]]


@pytest.mark.parametrize(
    "name", ["name", "company", "status", "owner", "country", "newsletter", "created_at"]
)
def test_the_neighbors_of_a_lead_are_the_ones_in_its_list(name, many, ann):
    order = walk(ann, f"sort={name}", size=20)
    shown = listing(ann, f"sort={name}")
    for place in (0, 1, len(order) // 2, len(order) - 1):
        before = order[place - 1] if place else None
        after = order[place + 1] if place + 1 < len(order) else None
        assert shown.neighbours_of(order[place]) == (before, after)


def test_a_lead_outside_the_list_has_no_neighbors(ann, many, make_lead):
    stranger = make_lead("Another user", vip=False)
    assert listing(ann, "vip=yes").neighbours_of(stranger.pk) == (None, None)


def test_every_list_column_has_a_cell_and_all_but_three_have_a_sort():
    columns = {name: column for name, column in LeadTable.base_columns.items() if name != "deleted_at"}
    unsorted = {name for name in columns if name not in sorts.SORTS.names}
    assert unsorted == {"created_by", "description", "lost_remark"}
    assert set(fields.LIST) == sorts.SORTS.names | unsorted == set(columns), "the bin alone shows deleted_at"


@pytest.mark.parametrize("who", ["ann", "bob", "oscar"])
@pytest.mark.parametrize("belongs_to", [[], ["sales", "export"]])
def test_members_of_every_department_or_none_can_sort_by_every_column(
    who, belongs_to, cast, departments, make_lead
):
    user = getattr(cast, who)
    Membership.objects.filter(user=user).delete()
    for place, name in enumerate(belongs_to):
        Membership.objects.create(user=user, department=getattr(departments, name), position=place)
    user = User.objects.with_rights().get(pk=user.pk)
    for department in (departments.sales, departments.export):
        make_lead(owner=user, department=department)
        make_lead(department=department)
    seen = set(Lead.objects.visible_to(user).values_list("pk", flat=True))
    assert len(seen) == (4 if belongs_to else 2)
    for sort in sorts.SORTS.names:
        for sign in ("", "-"):
            assert set(listing(user, f"sort={sign}{sort}").page(10).ids) == seen
