"""Quick custom fields find and sort the same leads as other custom fields, by their index."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.fields.custom.indexes import indexed_fields
from crm.fields.custom.indexes.index_building import build_index
from crm.fields.custom.values.stored_values import get_values_model, write_values_of_new_records
from crm.models import CustomField
from crm.platform.web.request_cache import cache_reads
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from crm.records.paging import page_queries
from leads.kind import LEAD
from leads.models import Lead
from tests.examples import one_in

# Values as they are stored, and filters.
KINDS_OF_VALUES = {
    "text": (["Maths", "música", "Ölwerk", "m%s_", "a" * 150 + "x", "a" * 150 + "y", ""], [
        ".is=MUSICA", ".is=" + "a" * 150 + "x", ".starts=m", ".starts=m%25", ".starts=" + "a" * 120, ".filled=yes",
        ".is_not=maths", ".empty=yes", ".contains=a", ".starts=m&{name}.is=maths",
    ]),
    "number": (["9", "100.5", "-3", "0", None], [
        ".is=9", ".between=0..50", ".above=5", ".below=0", ".empty=yes", ".filled=yes", ".above=5&{name}.below=50",
    ]),
    "money": (["10.25", "70", None], [".is=70", ".between=..60"]),
    "date": (["2026-05-01", "1999-12-31", None], [
        ".before=2026-01-01", ".after=2020-01-01", ".since=2026-05-01", ".between=1999-01-01..1999-12-31", ".in=last7",
    ]),
    "moment": (["2026-05-01T22:30:00+00:00", "2026-05-01T10:00:00+00:00", "2025-01-01T00:00:00+00:00", None], [
        ".between=2026-05-02..2026-05-02", ".since=2026-05-01", ".before=2026-01-01",
        ".since=2026-05-01T10:00:00Z", ".after=2026-05-01T10:00:00Z", ".before=2026-05-01T10:00:00Z",
    ]),
    "yes_no": ([True, False, None], ["=yes", "=no", "=none", "=yes&{name}=none", "=yes&{name}_not=on"]),
    "choice": (["o1", "o2", None], ["=o1", "=o1&{name}=o2", "=none", "=o1&{name}_not=on"]),
    "choices": ([["o1"], ["o1", "o2"], None], ["=o1", "=o2", "=none", "=o2&{name}_not=on"]),
    "rating": ([1, 5, None], [".above=3", ".is=1"]),
    "email": (["ana@example.com", "Ion@example.org", None], [".is=ion@example.org", ".starts=ana"]),
    "phone": (["0721 000 111", "+40 722", None], [".starts=0721", ".is=%2B40 722"]),
    "url": (["https://a.example/" + "x" * 120, "https://b.example", None], [".starts=https://a", ".is=https://b.example"]),
    "user": (["me", None], ["=me", "=none", "=me&{name}_not=on"]),
    # Conditions by number find links whatever is behind it.
    "link": ([7, 8, None], [".is=%237", ".one_of=%237;%239", ".filled=yes", ".empty=yes"]),
}  # fmt: skip


@pytest.fixture
def filled(make_field, cast, departments, statuses, sources):
    """filled("text"): a field, and 40 leads of two departments and several owners, some of them in Trash, with chosen
    values or none."""

    def make(type: str) -> CustomField:
        field = make_field(f"Extra {type}", type, choices=["Zebra", "Apple"] if "choice" in type else ())
        chance = random.Random(f"quick {type}")
        leads = [
            Lead(
                last_name=f"Lead {number}",
                owner=chance.choice([None, cast.bob, cast.ben, cast.dan]),
                department=chance.choice([departments.sales, departments.export]),
                status=statuses.new,
                source=sources.website,
                deleted_at=timezone.now() if number % 10 == 9 else None,
                created_at=timezone.now() + timedelta(minutes=number),
            )
            for number in range(40)
        ]
        values = [chance.choice(KINDS_OF_VALUES[type][0]) for _lead in leads]
        values = [cast.ann.pk if value == "me" else value or None for value in values]
        values = [
            False if type == "yes_no" and number % 3 == 0 else value for number, value in enumerate(values)
        ]
        with operation("test", by=None):
            Lead.objects.bulk_create(leads)
            write_values_of_new_records(
                Lead, [(lead.pk, {field.name: value}) for lead, value in zip(leads, values, strict=True)]
            )
        return CustomField.objects.get(pk=field.definition.pk)

    return make


def make_ready(row: CustomField) -> None:
    """What the job does, within the test's transaction."""
    with operation("test", by=None):
        CustomField.objects.filter(pk=row.pk).update(quick=True)
    row.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with connection.schema_editor() as editor:
        editor.execute(build_index(row).create_sql(get_values_model(KINDS[row.table_of].model), editor))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        CustomField.objects.filter(pk=row.pk).update(indexed=True)
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")


def pages_of(user, query: str) -> list[int]:
    """All ids of a list in order, read in pages of ten."""
    found: list[int] = []
    after = ""
    for _page in range(20):
        page = RecordList(LEAD, QueryDict(f"{query}{after}"), user).get_page(10)
        found += page.ids
        if not page.next:
            return found
        after = f"&after={page.next}"
    raise AssertionError("The pages have no end.")


@pytest.fixture
def small(monkeypatch):
    """small(2, 40, 6, 12, 0): limits that are reached with 40."""

    def make(few: int, many: int, walk: int, long_walk: int, small: int) -> None:
        monkeypatch.setattr(indexed_fields, "MOST_LOOKED_UP_RECORDS", few)
        monkeypatch.setattr("crm.records.listing.filters.MANY", many)
        monkeypatch.setattr(page_queries, "WALK", walk)
        monkeypatch.setattr(page_queries, "LONG_WALK", long_walk)
        monkeypatch.setattr(page_queries, "SMALL", small)
        monkeypatch.setattr(page_queries, "MOST_COLLECTED_ROWS", few)

    return make


FEW_OR_MANY = [(4_000, 24_000, 4_000, 24_000, 50_000), (2, 40, 6, 12, 0), (1, 2, 6, 12, 0)]


@pytest.mark.parametrize("type", one_in(7, KINDS_OF_VALUES))
@pytest.mark.hard
def test_an_index_changes_neither_the_leads_that_a_filter_finds_nor_their_order(type, filled, cast, small):
    row = filled(type)
    queries = [f"{row.key}{query.format(name=row.key)}" for query in KINDS_OF_VALUES[type][1]]
    queries += [f"any.{queries[0]}&any.city.is=nowhere"]
    queries += [f"all=1&sort={sign}{row.key}" for sign in ("", "-")]
    queries += [f"{queries[0]}&sort={sign}{row.key}" for sign in ("", "-")]
    users = (cast.ada, cast.ann, cast.bob)
    with cache_reads():
        before = [[pages_of(user, query) for query in queries] for user in users]
    assert any(before[0])
    make_ready(row)
    for limits in FEW_OR_MANY:
        small(*limits)
        with cache_reads():
            after = [[pages_of(user, query) for query in queries] for user in users]
        for user, was, now in zip(users, before, after, strict=True):
            for query, one, other in zip(queries, was, now, strict=True):
                assert one == other, (user, query, limits)


def test_lists_ask_the_index_of_a_quick_field(filled, cast):
    for type, condition in (("text", ".is=maths"), ("number", ".between=5..20"), ("date", ".before=2026-01-01"),
                            ("moment", ".since=2026-05-01"), ("choice", "=o1"), ("choices", "=o2"), ("yes_no", "=yes"),
                            ("rating", ".above=3"), ("user", "=me"), ("link", ".is=%237"), ("text", ".starts=m"), ("email", ".filled=yes")):  # fmt: skip
        row = CustomField.objects.filter(type=type).first() or filled(type)
        if not row.indexed:
            make_ready(row)
        (plan,) = plans(RecordList(LEAD, QueryDict(f"{row.key}{condition}"), cast.ada), "LIMIT 4001")
        assert build_index(row).name in plan, (type, condition, plan)


@pytest.mark.parametrize("type", ["text", "number", "date", "moment", "rating", "choice", "user"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_lists_walk_along_the_index_of_a_quick_field(type, sign, filled, cast, small):
    row = filled(type)
    make_ready(row)
    small(2, 40, 6, 12, 0)
    listing = RecordList(LEAD, QueryDict(f"all=1&sort={sign}{row.key}"), cast.ada)
    plan = plans(listing, "leads_leadvalues")[0]
    assert f"using {build_index(row).name}" in plan, plan
    assert "Seq Scan on leads_leadvalues" not in plan


def plans(listing: RecordList, part: str) -> list[str]:
    """How PostgreSQL runs the statements of a page that contain this text. Of so few rows it would rather read and sort
    all."""
    with CaptureQueriesContext(connection) as asked:
        listing.get_page(10)
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        for query in asked.captured_queries:
            if part in query["sql"] and query["sql"].startswith(("SELECT", "(SELECT")):
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found
