"""What the preview of a bulk change says about what moves with the owner: departments, closed records, tasks."""

from datetime import date, time
from typing import NamedTuple

import pytest

from accounts.ownership.reassignment_effects import (
    describe_effects_of_department,
    describe_effects_of_owner,
)
from accounts.ownership.verbs import Assign, ChangeDepartment
from crm.models import Task
from crm.records.history.verb_execution import judge, operation
from customers.models import Company
from leads.models import Lead

pytestmark = pytest.mark.django_db

MOVES = "1 lead will move to Carla’s department, Export."
CLOSED = "1 of them is closed and changes too."


class One(NamedTuple):
    """A lead of Bob in Sales unless said otherwise, with an open task of each of these people ('' for no one)."""

    owner: str = "bob"
    department: str = "sales"
    status: str = "new"
    tasks: tuple[str, ...] = ()
    done: bool = False


ASSIGNED = {
    "within the department": ("ben", [One()], []),
    "to a user of another department": ("carla", [One()], [MOVES]),
    "to a user of the lead's department": ("carla", [One(department="export", owner="dan")], []),
    "a closed lead": ("ben", [One(status="lost")], [CLOSED]),
    "open and closed leads": ("ben", [One(), One(status="won")], [CLOSED]),
    "a task of the owner": (
        "ben", [One(tasks=("bob",))], ["1 open task of their owners will be Ben’s."],
    ),
    "tasks of the owner": (
        "ben", [One(tasks=("bob", "bob"))], ["2 open tasks of their owners will be Ben’s."],
    ),
    "a task of a colleague stays": ("ben", [One(tasks=("dan",))], []),
    "a task that is done stays": ("ben", [One(tasks=("bob",), done=True)], []),
    "a task of no one, on a lead of no one": (
        "ben", [One(owner="", tasks=("",))], ["1 open task of their owners will be Ben’s."],
    ),
    "a task of no one, on a lead with an owner, stays": ("ben", [One(tasks=("",))], []),
    "unassigned": ("", [One(tasks=("bob",))], ["1 open task of their owners will be unassigned."]),
    "a lead that is theirs already": ("bob", [One(status="lost", tasks=("bob",))], []),
    "all at once": (
        "carla",
        [One(status="lost", tasks=("bob",))],
        [MOVES, CLOSED, "1 open task of their owners will be Carla’s."],
    ),
}  # fmt: skip


@pytest.fixture
def make(make_lead, cast, departments, statuses):
    def made(one: One) -> Lead:
        people = vars(cast) | {"": None}
        lead = make_lead(
            owner=people[one.owner],
            department=getattr(departments, one.department),
            status=getattr(statuses, one.status),
        )
        with operation("test", by=None):
            for name in one.tasks:
                task = Task.objects.create(of="lead", record=lead.pk, title="Call", user=people[name])
                if one.done:
                    Task.objects.filter(pk=task.pk).update(done_at=task.created_at)
        return lead

    return made


@pytest.mark.parametrize("case", ASSIGNED.values(), ids=ASSIGNED)
def test_what_moves_with_a_new_owner_is_said_and_moves(case, make, cast, ada):
    name, rows, told = case
    ids = [make(one).pk for one in rows]
    person = getattr(cast, name) if name else None
    # Another lead, which stays as it is.
    make(One(owner="", status="lost", tasks=("",)))
    verb = Assign(type(ada).objects.with_rights().get(pk=person.pk) if person else None, ada)
    outcome = judge(verb, Lead.objects.filter(pk__in=ids), by=ada, wanted=ids)
    assert describe_effects_of_owner(verb, outcome) == told


OTHER = {
    "the owner belongs to it too": ([One(owner="")], []),
    "the owner doesn't belong to it": (
        [One(tasks=("bob",))],
        [
            "1 lead will be unassigned, because the owner doesn’t belong to Export.",
            "1 open task of their owners will be unassigned.",
        ],
    ),
    "the owner belongs to it": ([One(owner="dan", tasks=("dan",))], []),
    "a closed lead of no one": ([One(owner="", status="lost")], [CLOSED]),
}


@pytest.mark.parametrize("case", OTHER.values(), ids=OTHER)
def test_what_another_department_does_to_owners_and_tasks(case, make, departments, ada):
    rows, told = case
    ids = [make(one).pk for one in rows]
    verb = ChangeDepartment(departments.export)
    outcome = judge(verb, Lead.objects.filter(pk__in=ids), by=ada, wanted=ids)
    assert describe_effects_of_department(verb, outcome) == told


def test_tasks_of_another_record_with_the_same_number_are_not_told(make_lead, make_company, bob, ben, ada):
    lead = make_lead(owner=bob)
    company = make_company(id=lead.pk, owner=bob)
    with operation("test", by=None):
        Task.objects.create(of="company", record=company.pk, title="Call", user=bob)
    verb = Assign(type(ada).objects.with_rights().get(pk=ben.pk), ada)
    outcome = judge(verb, Lead.objects.all(), by=ada, wanted=[lead.pk])
    assert describe_effects_of_owner(verb, outcome) == []


def test_tasks_of_records_without_a_next_action_stay_with_their_user(make_company, bob, ben, ada):
    company = make_company(owner=bob)
    with operation("test", by=None):
        Task.objects.create(of="company", record=company.pk, title="Call", user=bob)
    verb = Assign(type(ada).objects.with_rights().get(pk=ben.pk), ada)
    outcome = judge(verb, Company.objects.all(), by=ada, wanted=[company.pk])
    assert describe_effects_of_owner(verb, outcome) == []


@pytest.mark.parametrize(
    ("zone", "clock", "said"),
    [
        ("America/New_York", time(16, 24), "1 task with a time stays due at the same moment, on Ben’s clock (America/New_York)."),
        ("America/New_York", None, ""),
        ("Europe/Bucharest", time(16, 24), ""),
    ],
    ids=["a task with a time, to another time zone", "a task of all day", "a task with a time, in the same time zone"],
)  # fmt: skip
def test_what_is_said_about_the_times_of_tasks(zone, clock, said, make_lead, bob, ben, ada):
    type(ben).objects.filter(pk=ben.pk).update(time_zone=zone)
    type(ben).objects.filter(pk=bob.pk).update(time_zone="Europe/Bucharest")
    lead = make_lead(owner=bob)
    with operation("test", by=None):
        Task.objects.create(
            of="lead", record=lead.pk, title="Call", user=bob, due_on=date(2026, 12, 1), due_time=clock
        )
    verb = Assign(type(ada).objects.with_rights().get(pk=ben.pk), ada)
    outcome = judge(verb, Lead.objects.filter(pk=lead.pk), by=ada, wanted=[lead.pk])
    told = ["1 open task of their owners will be Ben’s."]
    assert describe_effects_of_owner(verb, outcome) == [*told, *([said] if said else [])]
