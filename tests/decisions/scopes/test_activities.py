"""Who sees and changes an activity and a task: by the record, by the author, and by whom they are private to or for."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Activity, Task
from crm.records.history.verb_execution import operation

VIEW, EDIT = ("leads.view_lead",), ("leads.view_lead", "leads.change_lead")
OTHERS = "crm.change_activity"
OWN, ALL = "accounts.see_own", "accounts.see_all"


class Case(NamedTuple):
    """Bob has these rights. `sees` are the notes that he sees, `changes` those that he may change."""

    rights: tuple[str, ...]
    sees: set[str]
    changes: set[str]
    tasks: set[str] = set()
    done: set[str] = set()


# By whom, private to whom, and about which record.
NOTES: dict[str, tuple[str, str, str]] = {
    "his": ("bob", "", "own"),
    "Ben's": ("ben", "", "own"),
    "his, private": ("bob", "bob", "own"),
    "Ben's, private": ("ben", "ben", "own"),
    "sent to his mailbox": ("", "bob", "own"),
    "in Trash": ("bob", "", "trash"),
    "on a shared lead": ("bob", "", "shared"),
    "elsewhere": ("bob", "", "foreign"),
    "of a company": ("bob", "", "company"),
}
# For whom, and about which record.
TASKS: dict[str, tuple[str, str]] = {
    "his": ("bob", "own"),
    "Ben's": ("ben", "own"),
    "his, shared": ("bob", "shared"),
    "Ben's, shared": ("ben", "shared"),
    "his, elsewhere": ("bob", "foreign"),
    "his, of a company": ("bob", "company"),
}
MINE = {"his", "his, private", "sent to his mailbox", "in Trash"}
LEADS = MINE | {"Ben's", "on a shared lead"}
TO_SEE = {"his", "Ben's", "his, shared", "Ben's, shared"}
TO_DO = {"his", "Ben's", "his, shared"}
CASES = {
    "no rights": Case((), set(), set()),
    "rights without records": Case(EDIT, set(), set()),
    "who sees his leads": Case((*VIEW, OWN), LEADS, set(), TO_SEE, {"his", "his, shared"}),
    "who changes his leads": Case((*EDIT, OWN), LEADS, MINE, TO_SEE, TO_DO),
    "who changes them but may not see them": Case(("leads.change_lead", OWN), set(), set()),
    "who changes the activities of others": Case((*EDIT, OWN, OTHERS), LEADS, MINE | {"Ben's"}, TO_SEE, TO_DO),
    "who sees the activities of others only": Case((*VIEW, OWN, OTHERS), LEADS, set(), TO_SEE, {"his", "his, shared"}),
    "who sees all leads": Case(
        (*EDIT, ALL), LEADS | {"elsewhere"}, MINE | {"on a shared lead", "elsewhere"},
        TO_SEE | {"his, elsewhere"}, TO_SEE | {"his, elsewhere"},
    ),
    "who sees his companies": Case(
        ("customers.view_company", OWN), {"of a company"}, set(), {"his, of a company"}, {"his, of a company"}
    ),
}  # fmt: skip


@pytest.fixture
def records(cast, departments, make_lead, make_company):
    away = {"owner": cast.dan, "department": departments.export}
    return {
        "own": make_lead(owner=cast.bob),
        "trash": make_lead(owner=cast.bob, deleted_at=timezone.now()),
        "shared": make_lead(**away, shared=True),
        "foreign": make_lead(**away),
        "company": make_company(owner=cast.bob),
    }


@pytest.fixture
def notes(cast, records):
    with operation("test", by=None):
        made = {
            name: Activity.objects.create(
                type="note",
                text=name,
                of=records[of].table,
                record=records[of].pk,
                created_by=getattr(cast, author, None),
                private_to=getattr(cast, private, None),
            )
            for name, (author, private, of) in NOTES.items()
        }
    return {note.pk: name for name, note in made.items()}


@pytest.fixture
def tasks(cast, records, make_task):
    made = {
        name: make_task(name, records[of], user=getattr(cast, person)) for name, (person, of) in TASKS.items()
    }
    return {task.pk: name for name, task in made.items()}


def with_rights(user: User, rights: tuple[str, ...]) -> User:
    vars(user).update(granted_permissions={*rights}, held_roles=[])
    return user


def named(names: dict[int, str], model: Any, condition: Any) -> set[str]:
    return {names[pk] for pk in model.objects.filter(condition).values_list("pk", flat=True)}


def test_activities_of_records_in_trash_are_not_present(notes, make_lead):
    # There are other records, which aren't in Trash.
    make_lead()
    scope: Any = Activity.scope
    assert named(notes, Activity, scope.build_present_record_condition()) == {*NOTES} - {"in Trash"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_sees_and_changes_activities_and_tasks(case, cast, notes, tasks):
    bob = with_rights(cast.bob, case.rights)
    scope: Any = Activity.scope
    assert named(notes, Activity, scope.build_visible_condition(bob)) == case.sees
    assert named(notes, Activity, scope.build_listed_condition(bob)) == case.sees - {"in Trash"}
    assert named(notes, Activity, scope.build_changeable_condition(bob)) == case.changes
    # With a record that he brings back comes what is private to others.
    private = {"Ben's, private"} if "his" in case.changes else set()
    assert named(notes, Activity, scope.build_restored_condition(bob)) == case.changes | private
    found = {
        name for note in Activity.objects.all() if scope.may_change(note, bob) for name in [notes[note.pk]]
    }
    assert found == case.changes
    scope = Task.scope
    assert named(tasks, Task, scope.build_visible_condition(bob)) == case.tasks
    assert named(tasks, Task, scope.build_changeable_condition(bob)) == case.done
    assert named(tasks, Task, scope.build_restored_condition(bob)) == case.done


def test_the_very_first_record_has_activities_too(cast, make_lead):
    lead = make_lead(id=1, owner=cast.bob)
    with operation("test", by=None):
        note = Activity.objects.create(
            type="note", text="First", of="lead", record=lead.pk, created_by=cast.ben
        )
    bob = with_rights(cast.bob, (*VIEW, OWN))
    assert note in Activity.objects.visible_to(bob)
