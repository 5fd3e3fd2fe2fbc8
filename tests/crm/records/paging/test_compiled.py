"""Statements that are compiled once: never shared by two users, filters, sorts or cursors that need different ones."""

from itertools import product

import pytest
from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import QueryDict

from accounts.models import Membership, User
from crm.fields.custom.values.stored_values import annotate_custom_values, write_values_of_new_records
from crm.models import CustomField
from crm.platform.web.request_cache import cache_reads
from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from crm.records.paging import compiled_statements
from crm.records.paging.compiled_statements import (
    UnknownKey,
    WalkParameter,
    compile_once,
    get_queryset_key,
    insert_walk_places,
)
from leads.kind import LEAD
from leads.models import Lead, Newsletter
from tests.examples import one_in

USERS = ["ada", "ann", "bob", "ben", "dan", "oscar"]
SORTS = ["", "name", "-created_at", "company", "-company", "status", "-owner", "country", "vip", "tags", "id"]
FILTERS = [
    "",
    "status=1",
    "status=2",
    "owner=me",
    "owner=none",
    "vip=yes",
    "country=RO",
    "created=last7",
    "q=ana",
]


def page_of(user, query: str, size: int = 4):
    return RecordList(LEAD, QueryDict(query), user).get_page(size)


@pytest.mark.parametrize("sort", one_in(3, SORTS))
@pytest.mark.hard
def test_no_user_and_no_filter_gets_the_statement_of_another(sort, cast, leads):
    asked = [(name, f"{query}&sort={sort}&all=1") for name, query in product(USERS, FILTERS)]
    fresh = {}
    for name, query in asked:
        compiled_statements.forget_compiled_statements()
        fresh[name, query] = page_of(getattr(cast, name), query).ids
    compiled_statements.forget_compiled_statements()
    for _again in range(2):
        for name, query in asked:
            assert page_of(getattr(cast, name), query).ids == fresh[name, query], (name, query)
    assert len({tuple(ids) for ids in fresh.values()}) > 10


@pytest.mark.parametrize("sort", SORTS)
def test_each_page_starts_at_its_own_place(sort, cast, leads):
    for user in (cast.ada, cast.bob, cast.dan):
        compiled_statements.forget_compiled_statements()
        whole = page_of(user, f"all=1&sort={sort}", 100).ids
        walked, page = [], page_of(user, f"all=1&sort={sort}")
        walked += page.ids
        while page.next:
            page = page_of(user, f"all=1&sort={sort}&after={page.next}")
            walked += page.ids
        assert walked == whole
        back = page.ids
        while page.previous:
            page = page_of(user, f"all=1&sort={sort}&before={page.previous}")
            back = page.ids + back
        assert back == whole


def test_a_page_that_is_asked_for_again_is_not_compiled_again(ann, leads):
    compiled_statements.forget_compiled_statements()
    first = page_of(ann, "all=1&sort=created_at")
    known = dict(compiled_statements._kept)
    assert known
    page_of(ann, "all=1&sort=created_at")
    assert compiled_statements._kept == known
    after = page_of(ann, f"all=1&sort=created_at&after={first.next}")
    known = dict(compiled_statements._kept)
    page_of(ann, f"all=1&sort=created_at&after={after.next}")
    assert compiled_statements._kept == known


def test_a_user_who_changes_departments_sees_the_leads_of_the_new_one_at_once(cast, departments, leads):
    before = page_of(cast.ann, "all=1", 100).ids
    Membership.objects.filter(user=cast.ann).update(department=departments.export)
    moved = User.objects.with_rights().get(pk=cast.ann.pk)
    after = page_of(moved, "all=1", 100).ids
    expected = set(Lead.objects.present().visible_to(moved).values_list("pk", flat=True))
    assert set(after) == expected != set(before)


def test_a_queryset_is_known_by_its_conditions_with_their_values_and_types(db):
    def key(*conditions, **values):
        return get_queryset_key(Lead.objects.order_by().filter(*conditions, **values))

    different = [
        key(),
        key(vip=True),
        key(vip=False),
        key(~Q(vip=True)),
        key(owner=1),
        key(owner=2),
        key(owner=None),
        key(department=1),
        key(owner__in=[1]),
        key(owner__in=[1, 2]),
        key(owner__in=[2, 1]),
        key(country="RO"),
        key(city="RO"),
        key(Q(country="RO") | Q(city="RO")),
        key(Q(country="RO") & Q(city="RO")),
        key(version__gt=1),
        key(version__gte=1),
        get_queryset_key(Lead.objects.all()),
    ]
    assert len(set(different)) == len(different)
    assert key(owner=1, vip=True) == key(owner=1, vip=True)


@pytest.mark.parametrize(
    "more",
    [
        lambda rows: rows.annotate(number=Count("search")),
        lambda rows: rows.alias(other=F("city")),
        lambda rows: rows.filter(status__kind="new"),
        lambda rows: rows.filter(city=F("state")),
        lambda rows: rows.filter(created_at__year=2026),
        lambda rows: rows.filter(Exists(Newsletter.objects.filter(lead=OuterRef("pk")))),
        lambda rows: rows.order_by("city"),
        lambda rows: rows.distinct(),
        lambda rows: rows[:5],
        lambda rows: rows.only("city"),
        lambda rows: rows.values("city"),
        lambda rows: rows.select_related("status"),
        lambda rows: rows.select_for_update(),
        lambda rows: rows.union(Lead.objects.order_by()),
        lambda rows: rows.extra(where=["vip"]),  # nosec
        lambda rows: rows.none(),
    ],
)
def test_a_queryset_with_anything_but_conditions_on_its_own_columns_is_compiled_anew(more, db):
    built = []

    @compile_once
    def building(rows):
        built.append(rows)
        return "", []

    rows = more(Lead.objects.order_by())
    with pytest.raises(UnknownKey):
        get_queryset_key(rows)
    building(rows)
    building(rows)
    assert len(built) == 2


def test_arguments_that_differ_have_their_own_statement(db):
    @compile_once
    def building(rows, *arguments):
        return f"{arguments}", []

    rows = Lead.objects.order_by()
    for _again in range(2):
        assert [building(rows, *given)[0] for given in ((1, "a"), (2, "a"), (1, "b"), (1,))] == [
            "(1, 'a')",
            "(2, 'a')",
            "(1, 'b')",
            "(1,)",
        ]


def test_only_places_are_filled_in():
    assert insert_walk_places(["a", WalkParameter(1, 0), 7, WalkParameter(0, 1)], [("x", "y"), ("z",)]) == [
        "a",
        "z",
        7,
        "y",
    ]


def test_the_number_of_kept_statements_is_limited(db, monkeypatch):
    monkeypatch.setattr(compiled_statements, "MOST", 3)
    compiled_statements.forget_compiled_statements()

    @compile_once
    def building(rows, number):
        return str(number), []

    for number in range(10):
        assert building(Lead.objects.order_by(), number) == (str(number), [])
        assert len(compiled_statements._kept) <= 3
    compiled_statements.forget_compiled_statements()


@pytest.fixture
def number_field(make_field, leads):
    """A number field, with values of every second lead."""
    field = make_field("Seats", type="number")
    with operation("test", by=None):
        write_values_of_new_records(
            Lead, [(lead.pk, {field.name: str(lead.pk % 5)}) for lead in Lead.objects.all() if lead.pk % 2]
        )
    return field


def test_conditions_on_custom_fields_are_known_by_their_field_and_value(number_field, make_field):
    other = make_field("Rooms", type="number")

    def key(*names, **values):
        with cache_reads():
            return get_queryset_key(annotate_custom_values(Lead.objects.order_by(), names).filter(**values))

    one, two = number_field.name, other.name
    different = [
        key(one),
        key(two),
        key(one, two),
        key(one, **{one: 1}),
        key(one, **{one: 2}),
        key(two, **{two: 1}),
        key(one, two, **{one: 1}),
        key(one, **{f"{one}__gt": 1}),
        key(one, **{f"{one}__isnull": True}),
        key(one, vip=True),
    ]
    assert len(set(different)) == len(different)
    assert key(one, **{one: 1}) == key(one, **{one: 1})


def test_a_custom_field_that_has_changed_is_another_one(number_field):
    def key():
        with cache_reads():
            return get_queryset_key(annotate_custom_values(Lead.objects.order_by(), [number_field.name]))

    before = key()
    with operation("test", by=None):
        CustomField.objects.filter(pk=number_field.definition.pk).update(decimals=2)
    assert key() != before


def test_lists_of_custom_values_are_compiled_once_and_never_for_another_value(number_field, cast):
    name = number_field.name
    queries = [
        f"{name}.above={number}&sort={sort}" for number in range(4) for sort in (name, f"-{name}", "name")
    ]
    queries += [f"all=1&sort={name}", f"all=1&sort=-{name}", f"{name}.is=3", f"{name}.empty=yes"]
    fresh = {}
    for user in (cast.ada, cast.ann, cast.bob):
        for query in queries:
            compiled_statements.forget_compiled_statements()
            fresh[user.pk, query] = page_of(user, query).ids
    compiled_statements.forget_compiled_statements()
    known: dict = {}
    for _again in range(2):
        for user in (cast.ada, cast.ann, cast.bob):
            for query in queries:
                assert page_of(user, query).ids == fresh[user.pk, query], (user, query)
        known = known or dict(compiled_statements._kept)
    assert compiled_statements._kept == known


def test_formulas_and_long_lists_of_ids_are_compiled_anew(number_field, make_field):
    formula = make_field("Double", type="formula", formula=f"{{{number_field.name}}} * 2")
    for rows in (
        annotate_custom_values(Lead.objects.order_by(), [formula.name]),
        Lead.objects.order_by().filter(pk__any=list(range(200))),
    ):
        with pytest.raises(UnknownKey):
            get_queryset_key(rows)
