"""Rows whose statement is compiled once: each user gets their own, as they are now."""

from itertools import product

from django.db.models import Exists, Q

from accounts.models import Membership, User
from accounts.sign_in import EmailBackend
from crm.models import SavedView
from crm.records import kept_rows
from crm.records.change import operation
from crm.records.listing import drawn
from crm.records.views.list import views_of
from leads.kind import LEAD
from leads.models import Lead

USERS = ["ada", "ann", "bob", "ben", "dan", "oscar"]


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
