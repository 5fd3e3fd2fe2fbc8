"""To whom records and tasks may go, and in which department a record is afterwards."""

from collections.abc import Sequence
from typing import Any

import pytest

from accounts.models import Department, Membership, User
from accounts.ownership.owners import (
    build_department_expression,
    get_department_for_owner,
    get_owner_department,
    get_owner_label,
)
from accounts.ownership.verbs.assign import Assign, ChangeDepartment, Take
from accounts.ownership.verbs.reassign_records import HandOver
from accounts.ownership.verbs.reassign_tasks import reassign_tasks
from crm.models import Notification, Operation, Task
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

# The departments of the owner, that of the record, the preferred one, and that of the record afterwards.
DEPARTMENTS = {
    "its own": ("sales", "sales", "", "sales"),
    "its own, which isn't the owner's first": ("export sales", "sales", "", "sales"),
    "its own, and another one is preferred": ("sales export", "sales", "export", "sales"),
    "the owner's first": ("export sales", "service", "", "export"),
    "the preferred one": ("export sales", "service", "sales", "sales"),
    "the preferred one, which isn't the owner's": ("export", "service", "sales", "export"),
}


@pytest.mark.parametrize(
    ("of_owner", "of_record", "preferred", "then"), DEPARTMENTS.values(), ids=DEPARTMENTS
)
def test_in_which_department_a_record_is_once_it_belongs_to_its_owner(
    of_owner, of_record, preferred, then, departments, make_lead
):
    places = {**vars(departments), "service": Department.objects.create(name="Service")}
    owner = make_user("eva", "rep", [places[name] for name in of_owner.split()])
    wanted = places[preferred] if preferred else None
    lead = make_lead(department=places[of_record])
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(department=build_department_expression(owner, wanted))
    lead.refresh_from_db()
    assert lead.department == places[then]
    if of_record == "service":
        assert get_owner_department(owner, wanted) == places[then].pk
    if not preferred:
        assert get_department_for_owner(owner, places[of_record]) == places[then]
    assert get_department_for_owner(None, places[of_record]) == places[of_record]


def test_forms_say_which_owner_is_deactivated(bob):
    assert get_owner_label(bob) == "Bob"
    bob.is_active = False
    assert get_owner_label(bob) == "Bob (deactivated)"


# The new owner: whether they are active, and their departments; and why a record can't be assigned to them.
OWNERS: dict[str, tuple[bool, Sequence[str], list[str]]] = {
    "an active one": (True, ["export"], []),
    "a deactivated one": (False, ["export"], ["owner_inactive"]),
    "one without a department": (True, [], ["owner_without_department"]),
}


@pytest.mark.parametrize(("active", "places", "refused"), OWNERS.values(), ids=OWNERS)
def test_who_can_be_an_owner(active, places, refused, ada, bob, ben, departments, make_lead):
    owner = make_user("eva", "rep", [getattr(departments, name) for name in places], is_active=active)
    leads = [make_lead(owner=one) for one in (bob, bob)]
    rows = Lead.objects.all()
    assigned = carry_out(Assign(owner, ada), rows, by=ada, wanted=[leads[0].pk])
    handed = carry_out(HandOver(Lead, bob, (ben, owner)), rows, by=ada, wanted=[leads[1].pk])
    assert [list(assigned.refused), list(handed.refused)] == [refused, refused]
    leads[0].refresh_from_db()
    expected = (bob, departments.sales) if refused else (owner, departments.export)
    assert (leads[0].owner, leads[0].department) == expected


def test_records_that_are_theirs_already_are_left_alone(ada, bob, ben, make_lead):
    leads = {name: make_lead(owner=owner) for name, owner in (("bob", bob), ("ben", ben), ("none", None))}
    rows, ids = Lead.objects.all(), [lead.pk for lead in leads.values()]
    assert carry_out(Assign(bob, ada), rows, by=ada, wanted=ids).unchanged == [leads["bob"].pk]
    assert Notification.objects.get().user == bob
    again = carry_out(Assign(None, ada), rows, by=ada, wanted=ids)
    assert (again.changed, again.unchanged) == (sorted(ids), [])
    assert carry_out(Assign(None, ada), rows, by=ada, wanted=ids).unchanged == sorted(ids)
    assert carry_out(Take(bob), rows, by=bob, wanted=ids[:1]).changed == ids[:1]
    assert carry_out(Take(bob), rows, by=bob, wanted=ids[:1]).unchanged == ids[:1]


def test_an_owner_who_is_no_active_member_of_the_new_department_is_unassigned(
    ada, bob, ben, dan, carla, departments, make_lead
):
    both = make_user("eva", "rep", [departments.sales, departments.export])
    with operation("test", by=None):
        Membership.objects.create(user=ben, department=departments.export, position=1)
    leads = {one: make_lead(owner=one) for one in (bob, ben, both, None)}
    inside = make_lead(owner=dan, department=departments.export)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    ids = [*(lead.pk for lead in leads.values()), inside.pk]
    verb = ChangeDepartment(departments.export)
    outcome = carry_out(verb, Lead.objects.all(), by=ada, wanted=ids)
    assert outcome.unchanged == [inside.pk]
    owners = {one: Lead.objects.get(pk=lead.pk).owner for one, lead in leads.items()}
    assert owners == {bob: None, ben: None, both: both, None: None}
    Department.objects.filter(pk=departments.sales.pk).update(retired=True)
    retired = ChangeDepartment(Department.objects.get(pk=departments.sales.pk))
    assert list(carry_out(retired, Lead.objects.all(), by=ada, wanted=ids).refused) == ["department_retired"]


def test_the_records_of_a_user_who_leaves_go_to_their_heirs_in_turn(
    ada, bob, ben, dan, departments, make_lead
):
    leads = [make_lead(owner=bob) for _number in range(4)]
    # What they have already isn’t told.
    own = make_lead(owner=ben)
    Membership.objects.create(user=dan, department=departments.sales, position=1)
    heirs = tuple(User.objects.with_rights().get(pk=one.pk) for one in (dan, ben))
    ids = [lead.pk for lead in leads]
    carry_out(HandOver(Lead, bob, heirs, departments.sales), Lead.objects.all(), by=ada, wanted=ids)
    found = Lead.objects.exclude(pk=own.pk).order_by("pk").values_list("owner", "department")
    assert list(found) == [(one.pk, departments.sales.pk) for one in (dan, ben) * 2]
    told = {row.user: row.parameters["count"] for row in Notification.objects.all()}
    assert told == {dan: 2, ben: 2}
    carry_out(HandOver(Lead, dan), Lead.objects.all(), by=ada, wanted=ids)
    assert set(Lead.objects.exclude(pk=own.pk).values_list("owner", flat=True)) == {None}
    carry_out(HandOver(Lead, bob, (ada,)), Lead.objects.all(), by=ada, wanted=ids)
    # Whoever does it themselves isn't notified.
    assert not Notification.objects.filter(user=ada).exists()


# The tasks of Bob, who leaves: the owner of the record, and whose the task is then, with an heir and without one.
TASKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "on a record of a colleague": ({"owner": "ann"}, "oscar", "ann"),
    "on a record that the heir doesn't see": ({"owner": "carla", "department": "export"}, "carla", "carla"),
    "on a record of no one": ({}, "oscar", ""),
    "on a record of no one that the heir doesn't see": ({"department": "export"}, "", ""),
    "on a record of the user who leaves": ({"owner": "bob"}, "oscar", ""),
    "on a record of someone who has left": ({"owner": "dan", "department": "export"}, "", ""),
}


@pytest.mark.parametrize(("of_lead", "then", "without"), TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("heir", ["oscar", ""])
def test_whose_the_tasks_are_of_a_user_who_leaves(
    of_lead, then, without, heir, ada, cast, departments, make_lead, make_task
):
    values: dict[str, Any] = {"department": getattr(departments, of_lead.get("department", "sales"))}
    if "owner" in of_lead:
        values["owner"] = getattr(cast, of_lead["owner"])
    lead = make_lead(**values)
    task, others = make_task("Call", lead, user=cast.bob), make_task("Call", lead, user=cast.sofia)
    done = make_task("Call", lead, user=cast.bob, done_at=lead.created_at)
    User.objects.filter(pk=cast.dan.pk).update(is_active=False)
    number = reassign_tasks(cast.bob, getattr(cast, heir) if heir else None, by=ada)
    expected = then if heir else without
    rows = {row.pk: row.user for row in Task.objects.all()}
    assert rows == {
        task.pk: getattr(cast, expected) if expected else None,
        others.pk: cast.sofia,
        done.pk: cast.bob,
    }
    assert number == 1
    told = [row.user for row in Notification.objects.all()]
    assert told == ([getattr(cast, expected)] if expected else [])
    assert reassign_tasks(cast.bob, None, by=ada) == 0
    assert Operation.objects.filter(kind="reassign_task").count() == 1


def test_an_heir_is_told_as_many_tasks_as_there_are(ada, bob, oscar, make_lead, make_task):
    lead = make_lead(owner=oscar)
    for _number in range(2):
        make_task("Call", lead, user=bob)
    assert reassign_tasks(bob, oscar, by=ada) == 2
    told = Notification.objects.get()
    assert (told.user, told.parameters["count"], told.path) == (oscar, 2, "/admin/tasks")


def test_what_a_change_of_owners_is_called(bob, departments):
    lead = KINDS["lead"]
    assert Assign.get_label({"owner": None}, lead) == Assign.get_label({}, lead) == "Unassign"
    assert Assign.get_label({"owner": bob.pk}, lead) == "Assign to Bob"
    assert Assign.get_label({"owner": 0}, lead) == "Assign to another user"
    assert HandOver.get_label({"user": bob.pk}, None) == "Reassign Bob’s records"
    assert HandOver.get_label({"user": bob.pk}, lead) == "Reassign Bob’s leads"
    assert HandOver.get_label({}, lead) == "Reassign a former user’s leads"
    place = departments.export
    assert ChangeDepartment.get_label({"department": place.pk}, lead) == "Move to the Export department"
    assert ChangeDepartment.get_label({"department": 0}, lead) == "Move to another department"


def test_a_task_goes_to_the_owner_of_its_own_record(ada, bob, ann, ben, make_lead, make_company, make_task):
    """Not to that of another record, also not of one with the same number."""
    lead, company = make_lead(owner=ann), make_company(owner=ben)
    make_lead(owner=ada)
    make_lead(id=company.pk + 10_000, owner=ada)
    same = make_company(id=company.pk + 10_000, owner=ben)
    tasks = [make_task("Call", record, user=bob) for record in (lead, company, same)]
    assert reassign_tasks(bob, None, by=ada) == 3
    assert [Task.objects.get(pk=task.pk).user for task in tasks] == [ann, ben, ben]
