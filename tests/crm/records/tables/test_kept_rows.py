"""Rows whose statement is compiled once: each user gets their own, as they are now."""

from datetime import timedelta
from itertools import product

import pytest
from django.db.models import Exists, Q
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Membership, User
from accounts.sign_in import EmailBackend
from crm.models import SavedView, Task
from crm.platform.sql import compiled_querysets
from crm.platform.sql.cache_keys import Reader, ValueOfRequest
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import get_records_for_page
from crm.records.screens.views.list import get_saved_views
from crm.work.tasks.listing.filters import TaskFilterForm
from leads.kind import LEAD
from leads.models import Lead, QueueHold

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
        compiled_querysets.forget_compiled_querysets()
        fresh[number] = told(get_records_for_page(LEAD, some, columns, viewer=getattr(cast, name)))
    compiled_querysets.forget_compiled_querysets()
    for _again in range(2):
        for number, (name, columns, some) in enumerate(asked):
            assert (
                told(get_records_for_page(LEAD, some, columns, viewer=getattr(cast, name))) == fresh[number]
            )
    assert [pk for pk, *_rest in fresh[0]] == ids
    assert {may for rows in fresh.values() for *_rest, may in rows} == {True, False}


def test_records_of_a_page_are_those_that_django_makes(cast, leads):
    """They are made without Django's constructor, and an owner of several records is one object."""
    ids = list(Lead.objects.order_by("-pk").values_list("pk", flat=True))
    found = get_records_for_page(LEAD, ids, ["owner", "status", "country", "tags"], viewer=cast.ada)
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
    before = get_records_for_page(LEAD, [pk], ["company"], viewer=cast.ada)
    with operation("edit", by=cast.ada):
        Lead.objects.filter(pk=pk).update(company="Gamma")
    after = get_records_for_page(LEAD, [pk], ["company"], viewer=cast.ada)
    assert [record.company for record in before + after] == ["Alfa", "Gamma"]


def test_a_user_who_loses_a_department_may_no_longer_change_its_leads(cast, leads, django_assert_num_queries):
    ids = list(Lead.objects.values_list("pk", flat=True))
    mine = {record.pk for record in get_records_for_page(LEAD, ids, viewer=cast.ann) if record.may_change}
    Membership.objects.filter(user=cast.ann).delete()
    ann = User.objects.with_rights().get(pk=cast.ann.pk)
    left = {record.pk for record in get_records_for_page(LEAD, ids, viewer=ann) if record.may_change}
    assert left < mine


def test_a_condition_that_may_differ_while_it_looks_the_same_is_compiled_each_time(cast, leads):
    ids = list(Lead.objects.values_list("pk", flat=True))
    compiled_querysets.forget_compiled_querysets()
    built = []

    def build(ids, *, condition):
        built.append(ids)
        return Lead.objects.filter(condition, pk__any=ids)

    owned = Q(owner__in=User.objects.filter(pk=cast.ann.pk))
    for _again in range(2):
        found = compiled_querysets.get_records_compiled_once(
            build, ids, condition=owned | Exists(User.objects.filter(pk=0))
        )
        assert {record.owner_id for record in found} == {cast.ann.pk}
        assert {
            record.owner_id
            for record in compiled_querysets.get_records_compiled_once(build, ids, condition=owned)
        } == {cast.ann.pk}
    assert built == [ids] * 4


def test_kept_rows_do_not_accumulate(cast, leads, monkeypatch):
    monkeypatch.setattr(compiled_querysets, "MOST", 3)
    compiled_querysets.forget_compiled_querysets()
    for name in USERS:
        get_records_for_page(LEAD, [], viewer=getattr(cast, name))
        assert len(compiled_querysets._kept) <= 3


def test_each_request_reads_its_own_user_and_their_rights_of_now(cast, django_assert_num_queries):
    """The statement is compiled once; the user, their roles and departments are read each time."""
    compiled_querysets.forget_compiled_querysets()
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
    compiled_querysets.forget_compiled_querysets()
    role = cast.bob.groups.get()
    SavedView.objects.create(table="lead", owner=cast.ann, name="Ann's")
    SavedView.objects.create(table="lead", owner=cast.ada, name="Sales", department=departments.sales)
    SavedView.objects.create(table="lead", owner=cast.ada, name="Reps", role=role)
    for _again in range(2):
        for name in USERS:
            user = User.objects.with_rights().get(pk=getattr(cast, name).pk)
            expected = list(SavedView.objects.of_table("lead").visible_to(user).in_order())
            assert get_saved_views(LEAD, user) == expected
    names = {
        name: [view.name for view in get_saved_views(LEAD, getattr(cast, name))] for name in ("ann", "bob")
    }
    assert "Ann's" in names["ann"]
    assert "Ann's" not in names["bob"]
    assert "Reps" in names["bob"]
    cast.bob.groups.clear()
    assert "Reps" not in [view.name for view in get_saved_views(LEAD, cast.bob)]


def test_users_with_equal_rights_share_a_statement_and_each_gets_their_own_rows(cast, leads):
    """Bob and Ben have the same role and department."""
    compiled_querysets.forget_compiled_querysets()
    due = {}
    for name in ("bob", "ben"):
        user = User.objects.with_rights().get(pk=getattr(cast, name).pk)
        with operation("test", by=None):
            for lead in Lead.objects.visible_to(user)[:2]:
                Task.objects.create(of="lead", record=lead.pk, title=f"{name} {lead.pk}", user=user)
        form = TaskFilterForm(QueryDict(), viewer=user)
        due[name] = {task.title for task in form.get_first_tasks(10)}
        assert due[name] == {task.title for task in Task.objects.listed_for(user).for_user(user)}
        people = User.objects.visible_to(user).by_name()
        assert list(get_labels_by_id(User, user).items()) == [(row.pk, row.name) for row in people]
        # The tasks and the people, once for both users.
        assert len(compiled_querysets._kept) == 2
    assert due["bob"]
    assert not due["bob"] & due["ben"]


def test_a_user_who_loses_a_right_no_longer_shares_the_statement_of_those_who_have_it(cast, leads):
    with operation("test", by=None):
        for lead in Lead.objects.present():
            Task.objects.create(of="lead", record=lead.pk, title="Call", user=cast.ann)
    before = TaskFilterForm(QueryDict(), viewer=cast.ann).get_first_tasks(50)
    assert before
    cast.ann.groups.clear()
    ann = User.objects.with_rights().get(pk=cast.ann.pk)
    assert TaskFilterForm(QueryDict(), viewer=ann).get_first_tasks(50) == []
    assert len(TaskFilterForm(QueryDict(), viewer=cast.ann).get_first_tasks(50)) == len(before)


def test_each_request_brings_its_own_id(cast, leads):
    """Also to a column of whole numbers, which the driver sends as a class of its own."""

    def named(_ids, lead):
        return Lead.objects.filter(pk=lead).values_list("pk")

    def held(_ids, lead):
        return QueueHold.objects.of_lead(lead)

    first, second = Lead.objects.values_list("pk", flat=True)[:2]
    until = timezone.now() + timedelta(minutes=5)
    for pk, user in ((first, cast.ann), (second, cast.bob)):
        QueueHold.objects.create(lead=pk, user=user, until=until)
    for pk, user in ((first, cast.ann), (second, cast.bob), (first, cast.ann)):
        assert compiled_querysets.get_compiled_values(named, [], ValueOfRequest(pk)) == [(pk,)]
        assert [
            row.user_id for row in compiled_querysets.get_records_compiled_once(held, [], ValueOfRequest(pk))
        ] == [user.pk]


def test_an_id_in_an_array_is_not_kept(cast, leads):
    def among(_ids, lead):
        return Lead.objects.filter(pk__any=[lead])

    with pytest.raises(TypeError):
        compiled_querysets.get_records_compiled_once(among, [], ValueOfRequest(1))


def test_someone_who_sees_nothing_gets_nothing_from_a_kept_statement(cast, leads):
    def seen(_ids, reader):
        return Lead.objects.visible_to(reader)

    no_one = Reader(cast.bob.pk, frozenset(), ())
    assert (
        compiled_querysets.get_records_compiled_once(seen, [], no_one)
        == compiled_querysets.get_compiled_values(seen, [], no_one)
        == []
    )
    assert compiled_querysets.get_records_compiled_once(seen, [], Reader.from_user(cast.ada))
