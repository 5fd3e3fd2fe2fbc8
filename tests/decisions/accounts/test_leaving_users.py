"""What a user who leaves loses, who gets their records, tasks and shared views, and what a user who comes back gets again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Absence, CalendarFeed, Department, Membership, Role, User
from accounts.ownership.verbs import HandOver
from accounts.users import deactivation
from accounts.users.deactivation import (
    DeactivationResult,
    Heirs,
    count_open_records,
    deactivate,
    deactivate_without_heirs,
    get_last_reassignment,
    get_open_record_ids,
    reactivate,
    reassign_open_records,
)
from accounts.users.forms import DeactivationForm
from accounts.users.last_administrator import LastAdministrator
from crm.models import Job, Notification, Operation, SavedView, Token, Webhook
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from customers.models import Company
from leads.models import Lead
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva(departments) -> User:
    """She has the roles of a rep in both departments."""
    return make_user("eva", "rep", [departments.sales, departments.export])


def make_view(name: str, owner: User, *, shared: bool = True) -> SavedView:
    department = Department.objects.get(name="Sales") if shared else None
    return SavedView.objects.create(table="lead", name=name, owner=owner, department=department)


def is_active(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_active


def leave(user: User, *heirs: User, by: User) -> DeactivationResult:
    people = User.objects.with_rights().in_bulk([heir.pk for heir in heirs])
    return deactivate(user, Heirs(tuple(people[heir.pk] for heir in heirs)), by=by)


def test_open_records_of_each_type_are_reassigned_in_one_change(ada, eva, bob, make_lead, make_company):
    lead, won = make_lead(owner=eva), make_lead(owner=eva, status="won")
    assert {kind.name: number for kind, number in count_open_records(eva, ada).items()} == {"lead": 1}
    assert [(kind.name, ids) for kind, ids in get_open_record_ids(eva, ada)] == [("lead", [lead.pk])]
    record = leave(eva, bob, by=ada).record
    assert (record.table, record.matched, record.changed) == ("lead", 1, 1)
    assert {row.pk: row.owner for row in Lead.objects.all()} == {lead.pk: bob, won.pk: eva}
    company = make_company(owner=bob)
    record = leave(bob, by=ada).record
    assert (record.table, record.matched, record.changed) == ("", 2, 2)
    assert Lead.objects.get(pk=lead.pk).owner is None
    assert Company.objects.get(pk=company.pk).owner is None
    assert get_last_reassignment(bob, ada) == record


@pytest.mark.parametrize(("most", "by_job"), [(2, False), (1, True)])
def test_more_records_than_are_changed_at_once_are_reassigned_by_a_job(
    most, by_job, ada, eva, bob, make_lead, monkeypatch
):
    monkeypatch.setattr(deactivation, "ROWS_AT_ONCE", most)
    leads = [make_lead(owner=eva) for _number in range(2)]
    done = leave(eva, bob, by=ada)
    assert (done.job is not None, done.record is not None, done.left) == (by_job, not by_job, "")
    assert Job.objects.filter(kind="hand_over").exists() is by_job
    owners = set(Lead.objects.filter(pk__in=[lead.pk for lead in leads]).values_list("owner", flat=True))
    assert owners == {eva.pk if by_job else bob.pk}
    assert not is_active(eva)
    assert not eva.is_active


def test_the_progress_of_a_job_counts_the_records_of_all_types(ada, bob, make_lead, make_company):
    for _number in range(2):
        make_lead(owner=bob)
        make_company(owner=bob)
    told: list[tuple[int, int]] = []
    reassign_open_records(bob, Heirs(), by=ada, progress=lambda *counts: told.append(counts))
    assert told == [(0, 4), (2, 4), (2, 4), (4, 4)]


# What deactivates Bob, whether he was active, whether something uses him, and whether administrators are notified of that.
NOTIFIED = {
    "an identity provider": ("Entra", True, True, True),
    "an administrator, who has seen it": ("", True, True, False),
    "an identity provider, once more": ("Entra", False, True, False),
    "an identity provider, and nothing uses him": ("Entra", True, False, False),
}


@pytest.mark.parametrize(("program", "was_active", "used", "told"), NOTIFIED.values(), ids=NOTIFIED)
def test_administrators_are_notified_of_what_uses_a_user(
    program, was_active, used, told, ada, bob, ben, departments
):
    if used:
        today = timezone.localdate()
        Absence.objects.create(user=ben, first=today, last=today, substitute=bob)
    User.objects.filter(pk=bob.pk).update(is_active=was_active)
    deactivate(bob, Heirs(), by=ada, program=program)
    notices = Notification.objects.filter(kind="deactivated_elsewhere").values_list("user", flat=True)
    assert list(notices) == ([ada.pk] if told else [])


def test_all_access_of_a_user_who_leaves_ends_and_that_of_no_one_else(ada, bob, ben):
    since = timezone.now() - timedelta(days=1)
    for user in (bob, ben):
        Token.objects.create(user=user, name="Shop", hash=user.name, rights=[])
        CalendarFeed.objects.create(user=user, digest=user.name)
        Webhook.objects.create(user=user, url="https://example.com", secret="s" * 40, failing_since=since)
    leave(bob, by=ada)
    assert list(Token.objects.in_force().values_list("user", flat=True)) == [ben.pk]
    assert list(CalendarFeed.objects.values_list("user", flat=True)) == [ben.pk]
    found = Webhook.objects.order_by("pk").values_list("user", "active", "failing_since")
    assert list(found) == [(bob.pk, False, None), (ben.pk, True, since)]


# The heirs, and who gets the shared views and the task on a record of someone else.
HEIRS = {
    "no one": ([], "ada", None),
    "one": (["ann"], "ann", "ann"),
    "several": (["ann", "oscar"], "ada", None),
}


@pytest.mark.parametrize(("names", "of_views", "of_task"), HEIRS.values(), ids=HEIRS)
def test_who_gets_views_and_tasks(names, of_views, of_task, cast, eva, make_lead, make_task):
    view, own = make_view("Shared", eva), make_view("Own", eva, shared=False)
    foreign = make_view("Foreign", cast.bob)
    task = make_task("Call", make_lead(), user=eva)
    leave(eva, *(getattr(cast, name) for name in names), by=cast.ada)
    owners = dict(SavedView.objects.values_list("pk", "owner"))
    assert owners == {view.pk: getattr(cast, of_views).pk, own.pk: eva.pk, foreign.pk: cast.bob.pk}
    task.refresh_from_db()
    assert task.user == (getattr(cast, of_task) if of_task else None)
    kept = Operation.objects.get(kind=HandOver.kind)
    assert kept.parameters["handed_views"] == {str(view.pk): getattr(cast, of_views).pk}


def test_a_deactivation_without_records_is_kept_once(ada, eva):
    leave(eva, by=ada)
    assert Operation.objects.get(kind=HandOver.kind).parameters["handed_views"] == {}
    leave(eva, by=ada)
    assert Operation.objects.filter(kind=HandOver.kind).count() == 1
    assert get_last_reassignment(eva, ada) is None


def test_who_may_deactivate_whom(ada, eva, bob, conrad, make_lead):
    with pytest.raises(LastAdministrator):
        leave(ada, by=conrad)
    other = make_user("alba", "administrator", [])
    with pytest.raises(PermissionDenied):
        leave(ada, by=ada)
    deactivate_without_heirs(ada, by=other)
    with pytest.raises(LastAdministrator):
        deactivate_without_heirs(other, by=ada)
    User.objects.filter(pk=ada.pk).update(is_active=True)
    make_lead(owner=eva)
    # A rep can't assign her lead, which they would have to.
    Role.objects.get(key="rep").permissions.set(ada.groups.get().permissions.exclude(codename="assign_lead"))
    rep = User.objects.with_rights().get(pk=bob.pk)
    with pytest.raises(PermissionDenied):
        leave(eva, by=rep)
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        leave(eva, by=other)
    assert leave(eva, by=User.objects.with_rights().get(pk=ada.pk)).record


def test_who_comes_back_gets_their_own_departments_and_views_alone(ada, eva, bob, departments):
    views = [make_view(name, eva) for name in ("kept", "passed on")]
    of_bob = make_view("of Bob", bob)
    leave(eva, by=ada)
    leave(bob, by=ada)
    SavedView.objects.filter(pk=views[1].pk).update(owner=bob)
    Department.objects.filter(pk=departments.export.pk).update(retired=True)
    carla = Membership.objects.filter(department=departments.export).exclude(user=eva)
    before = carla.count()
    # Another change that names her and a view.
    parameters = {"user": eva.pk, "handed_views": {str(of_bob.pk): ada.pk}}
    Operation.objects.create(kind="test", parameters=parameters)
    assert reactivate(eva) == 1
    assert (is_active(eva), is_active(bob)) == (True, False)
    assert dict(SavedView.objects.values_list("pk", "owner")) == {
        views[0].pk: eva.pk, views[1].pk: bob.pk, of_bob.pk: ada.pk,
    }  # fmt: skip
    assert User.objects.get(pk=eva.pk).department_ids == [departments.sales.pk]
    assert carla.count() == before > 0


def test_the_last_reassignment_is_the_newest_one_that_changed_something(ada, eva, bob, ben, make_lead):
    made = []
    for number in range(2):
        make_lead(owner=eva)
        made.append(leave(eva, (bob, ben)[number], by=ada).record)
        reactivate(eva)
    make_view("Shared", eva)
    leave(eva, by=ada)
    # Another change that names her.
    lead = make_lead()
    other = carry_out(Edit({"city": "Sibiu"}), Lead.objects.filter(pk=lead.pk), by=ada).operation
    Operation.objects.filter(pk=other.pk).update(parameters={"user": eva.pk})
    assert get_last_reassignment(eva, ada) == made[1]
    assert get_last_reassignment(bob, ada) is None
    assert get_last_reassignment(eva, bob) is None


def test_a_job_knows_the_heirs_in_their_order(bob, ben, departments):
    heirs = Heirs((ben, bob), departments.sales)
    kept = heirs.as_arguments()
    assert kept == {"owners": [ben.pk, bob.pk], "department": departments.sales.pk}
    assert Heirs.from_arguments(kept) == heirs
    assert Heirs.from_arguments(Heirs().as_arguments()) == Heirs()


CHOOSE, OTHER = (
    "Choose a colleague.",
    "Select a valid choice. That choice is not one of the available choices.",
)
# What Ann of Sales chooses for the records of Bob, who leaves: to whom they go by name, the department, and what is wrong.
CHOICES: dict[str, tuple[dict[str, str], list[str], str, dict[str, list[str]]]] = {
    "a colleague": ({"to": "one", "owner": "ben"}, ["Ben"], "", {}),
    "a colleague, and a department beside": ({"to": "one", "owner": "ben", "department": "sales"}, ["Ben"], "", {}),
    "no colleague": ({"to": "one"}, [], "", {"owner": [CHOOSE]}),
    "the user who leaves": ({"to": "one", "owner": "bob"}, [], "", {"owner": [OTHER]}),
    "a colleague out of sight": ({"to": "one", "owner": "dan"}, [], "", {"owner": [OTHER]}),
    "a department": ({"to": "spread", "department": "sales"}, ["Ada", "Ann", "Ben", "Conrad", "Oscar", "Sofia"], "Sales", {}),
    "no department": ({"to": "spread"}, [], "", {"department": ["Choose a department."]}),
    "no department, but a colleague": (
        {"to": "spread", "owner": "ben"}, [], "", {"department": ["Choose a department."]},
    ),
    "a department out of sight": ({"to": "spread", "department": "export"}, [], "", {"department": [OTHER]}),
    "a department without another active member": (
        {"to": "spread", "department": "empty"}, [], "", {"department": ["Empty has no other active members."]},
    ),
    "no one": ({"to": "nobody"}, [], "", {}),
    "no one, although a colleague is chosen": ({"to": "nobody", "owner": "ben"}, [], "", {}),
    "nothing": ({}, [], "", {"to": ["This field is required."]}),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "heirs", "place", "wrong"), CHOICES.values(), ids=CHOICES)
def test_to_whom_the_form_gives_the_records_of_a_user_who_leaves(
    sent, heirs, place, wrong, cast, departments
):
    empty = Department.objects.create(name="Empty", country="RO")
    Membership.objects.create(user=cast.ann, department=empty, position=1)
    Membership.objects.create(user=cast.bob, department=empty, position=1)
    ann = User.objects.with_rights().get(pk=cast.ann.pk)
    Membership.objects.filter(user=ann, department=empty).delete()
    make_user("left", "rep", [departments.sales, empty], is_active=False)
    named = {**vars(cast), **vars(departments), "empty": empty}
    data = {name: value if name == "to" else str(named[value].pk) for name, value in sent.items()}
    form = DeactivationForm(data, leaving=cast.bob, by=ann)
    assert form.is_valid() is not bool(wrong)
    assert form.errors == wrong
    if not wrong:
        found = form.get_heirs()
        assert [user.name for user in found.users] == heirs
        assert (found.department.name if found.department else "") == place
