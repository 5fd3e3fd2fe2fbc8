"""Statements that are compiled once: never shared by two users, filters, sorts or cursors that need different ones."""

from itertools import product

import pytest
from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import QueryDict

from accounts.models import Membership, User
from accounts.sign_in import EmailBackend
from crm.models import SavedView
from crm.records import compiled, kept_rows
from crm.records.change import operation
from crm.records.compiled import Place, Unknown, compiled_once, known_by, with_places
from crm.records.listing import Listing, drawn
from crm.records.views.list import views_of
from leads.kind import LEAD
from leads.models import Lead, Newsletter

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


@pytest.fixture
def leads(cast, departments, make_lead, statuses):
    owners = [cast.ann, cast.bob, cast.ben, cast.dan, None]
    places = [departments.sales, departments.export]
    for number, (owner, place, status) in enumerate(product(owners, places, ["new", "contacted"])):
        make_lead(
            f"Ana {number}",
            owner=owner,
            department=place,
            status=status,
            vip=number % 3 == 0,
            shared=number % 7 == 0,
            country=["RO", "DE", ""][number % 3],
            company=["Alfa", "", "Beta"][number % 3],
        )


def page_of(user, query: str, size: int = 4):
    return Listing(LEAD, QueryDict(query), user).page(size)


@pytest.mark.parametrize("sort", SORTS)
def test_no_user_and_no_filter_gets_the_statement_of_another(sort, cast, leads):
    asked = [(name, f"{query}&sort={sort}&all=1") for name, query in product(USERS, FILTERS)]
    fresh = {}
    for name, query in asked:
        compiled.forget()
        fresh[name, query] = page_of(getattr(cast, name), query).ids
    compiled.forget()
    for _again in range(2):
        for name, query in asked:
            assert page_of(getattr(cast, name), query).ids == fresh[name, query], (name, query)
    assert len({tuple(ids) for ids in fresh.values()}) > 10


@pytest.mark.parametrize("sort", SORTS)
def test_each_page_starts_at_its_own_place(sort, cast, leads):
    for user in (cast.ada, cast.bob, cast.dan):
        compiled.forget()
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
    compiled.forget()
    first = page_of(ann, "all=1&sort=created_at")
    known = dict(compiled._kept)
    assert known
    page_of(ann, "all=1&sort=created_at")
    assert compiled._kept == known
    after = page_of(ann, f"all=1&sort=created_at&after={first.next}")
    known = dict(compiled._kept)
    page_of(ann, f"all=1&sort=created_at&after={after.next}")
    assert compiled._kept == known


def test_a_user_who_changes_departments_sees_the_leads_of_the_new_one_at_once(cast, departments, leads):
    before = page_of(cast.ann, "all=1", 100).ids
    Membership.objects.filter(user=cast.ann).update(department=departments.export)
    moved = User.objects.with_rights().get(pk=cast.ann.pk)
    after = page_of(moved, "all=1", 100).ids
    expected = set(Lead.objects.present().visible_to(moved).values_list("pk", flat=True))
    assert set(after) == expected != set(before)


def test_a_queryset_is_known_by_its_conditions_with_their_values_and_types(db):
    def key(*conditions, **values):
        return known_by(Lead.objects.order_by().filter(*conditions, **values))

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
        known_by(Lead.objects.all()),
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

    @compiled_once
    def building(rows):
        built.append(rows)
        return "", []

    rows = more(Lead.objects.order_by())
    with pytest.raises(Unknown):
        known_by(rows)
    building(rows)
    building(rows)
    assert len(built) == 2


def test_arguments_that_differ_have_their_own_statement(db):
    @compiled_once
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
    assert with_places(["a", Place(1, 0), 7, Place(0, 1)], [("x", "y"), ("z",)]) == ["a", "z", 7, "y"]


def test_the_number_of_kept_statements_is_limited(db, monkeypatch):
    monkeypatch.setattr(compiled, "MOST", 3)
    compiled.forget()

    @compiled_once
    def building(rows, number):
        return str(number), []

    for number in range(10):
        assert building(Lead.objects.order_by(), number) == (str(number), [])
        assert len(compiled._kept) <= 3
    compiled.forget()


def told(records) -> list[tuple]:
    return [
        (record.pk, record.shown_name, record.status.name, str(record.owner), bool(record.may_change))
        for record in records
    ]


def test_kept_rows_are_those_of_their_user_columns_and_ids(cast, leads):
    ids = list(Lead.objects.order_by("-pk").values_list("pk", flat=True))
    asked = list(product(USERS, (["company", "country"], ["tags", "description"]), (ids, ids[3:7], [])))
    fresh = {}
    for number, (name, columns, some) in enumerate(asked):
        kept_rows.forget()
        fresh[number] = told(drawn(LEAD, some, columns, viewer=getattr(cast, name)))
    kept_rows.forget()
    for _again in range(2):
        for number, (name, columns, some) in enumerate(asked):
            assert told(drawn(LEAD, some, columns, viewer=getattr(cast, name))) == fresh[number]
    assert [pk for pk, *_rest in fresh[0]] == ids
    assert {may for rows in fresh.values() for *_rest, may in rows} == {True, False}


def test_records_of_a_page_are_those_that_django_makes(cast, leads):
    """They are made without Django's constructor, and an owner of several records is one object."""
    ids = list(Lead.objects.order_by("-pk").values_list("pk", flat=True))
    found = drawn(LEAD, ids, ["owner", "status", "country", "tags"], viewer=cast.ada)
    for record, own in zip(
        found, Lead.objects.order_by("-pk").select_related("owner", "status"), strict=True
    ):
        assert (record, record.owner, record.status) == (own, own.owner, own.status)
        assert not record._state.adding
        assert record._state.db == own._state.db
        for name in vars(record).keys() & vars(own).keys() - {"_state"}:
            assert getattr(record, name) == getattr(own, name)
        # What the list didn't ask for is fetched when someone does.
        assert "description" in record.get_deferred_fields()
        assert record.description == own.description
    owners = [record.owner for record in found if record.owner]
    assert len({id(owner) for owner in owners}) == len({owner.pk for owner in owners}) < len(owners)


def test_kept_rows_show_what_changed_since(cast, leads):
    (pk,) = Lead.objects.filter(company="Alfa").values_list("pk", flat=True)[:1]
    before = drawn(LEAD, [pk], ["company"], viewer=cast.ada)
    with operation("edit", by=cast.ada):
        Lead.objects.filter(pk=pk).update(company="Gamma")
    after = drawn(LEAD, [pk], ["company"], viewer=cast.ada)
    assert [record.company for record in before + after] == ["Alfa", "Gamma"]


def test_a_user_who_loses_a_department_may_no_longer_change_its_leads(cast, leads, django_assert_num_queries):
    ids = list(Lead.objects.values_list("pk", flat=True))
    mine = {record.pk for record in drawn(LEAD, ids, viewer=cast.ann) if record.may_change}
    Membership.objects.filter(user=cast.ann).delete()
    ann = User.objects.with_rights().get(pk=cast.ann.pk)
    left = {record.pk for record in drawn(LEAD, ids, viewer=ann) if record.may_change}
    assert left < mine


def test_a_condition_that_may_differ_while_it_looks_the_same_is_compiled_each_time(cast, leads):
    ids = list(Lead.objects.values_list("pk", flat=True))
    kept_rows.forget()
    built = []

    def build(ids, *, condition):
        built.append(ids)
        return Lead.objects.filter(condition, pk__any=ids)

    owned = Q(owner__in=User.objects.filter(pk=cast.ann.pk))
    for _again in range(2):
        found = kept_rows.records_of(build, ids, condition=owned | Exists(User.objects.filter(pk=0)))
        assert {record.owner_id for record in found} == {cast.ann.pk}
        assert {record.owner_id for record in kept_rows.records_of(build, ids, condition=owned)} == {
            cast.ann.pk
        }
    assert built == [ids] * 4


def test_kept_rows_do_not_accumulate(cast, leads, monkeypatch):
    monkeypatch.setattr(kept_rows, "MOST", 3)
    kept_rows.forget()
    for name in USERS:
        drawn(LEAD, [], viewer=getattr(cast, name))
        assert len(kept_rows._kept) <= 3


def test_each_request_reads_its_own_user_and_their_rights_of_now(cast, django_assert_num_queries):
    """The statement is compiled once; the user, their roles and departments are read each time."""
    kept_rows.forget()
    people = [cast.ada, cast.ann, cast.bob, cast.oscar]
    read = EmailBackend().get_user
    before = {person.pk: read(person.pk) for person in people}
    for person in people:
        own = User.objects.with_rights().get(pk=person.pk)
        found = before[person.pk]
        assert (found, found.granted_permissions) == (person, own.granted_permissions)
        assert (found.department_ids, found.role_ids) == (own.department_ids, own.role_ids)
    assert read(0) is None
    Membership.objects.filter(user=cast.ann).delete()
    cast.ann.groups.clear()
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    with django_assert_num_queries(2):
        ann, bob = read(cast.ann.pk), read(cast.bob.pk)
    assert (ann.granted_permissions, ann.department_ids, ann.role_ids, bob) == (set(), [], [], None)
    assert before[cast.ann.pk].granted_permissions


def test_each_list_reads_the_saved_views_of_its_own_user(cast, departments):
    kept_rows.forget()
    role = cast.bob.groups.get()
    SavedView.objects.create(table="lead", owner=cast.ann, name="Ann's")
    SavedView.objects.create(table="lead", owner=cast.ada, name="Sales", department=departments.sales)
    SavedView.objects.create(table="lead", owner=cast.ada, name="Reps", role=role)
    for _again in range(2):
        for name in USERS:
            user = User.objects.with_rights().get(pk=getattr(cast, name).pk)
            expected = list(SavedView.objects.of("lead").visible_to(user).in_order())
            assert views_of(LEAD, user) == expected
    names = {name: [view.name for view in views_of(LEAD, getattr(cast, name))] for name in ("ann", "bob")}
    assert "Ann's" in names["ann"]
    assert "Ann's" not in names["bob"]
    assert "Reps" in names["bob"]
    cast.bob.groups.clear()
    assert "Reps" not in [view.name for view in views_of(LEAD, cast.bob)]
