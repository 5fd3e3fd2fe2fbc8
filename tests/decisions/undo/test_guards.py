"""Which changes are undone, for some or all of their parts, and why one can't be undone."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import Change, Job, Operation
from crm.records.history.undo.undo_permission import (
    UndoingOperations,
    get_undo_obstacle,
    get_undoing_operations,
    get_unfinished_undo,
)


class Of(NamedTuple):
    """An operation: the undo of which other one, of how many parts, how many of them are done, and how many rows it
    changed."""

    undoes: str = ""
    parts: int = 0
    done: int = 0
    changed: int = 1


DONE, PARTLY, NOT = "undone", "partly undone", "not undone"
CHANGE, LARGE = Of(), Of(parts=2, done=2)
UNDONE = {
    "a change that no one undid": (NOT, {"change": CHANGE}),
    "a change that was undone": (DONE, {"change": CHANGE, "undo": Of("change")}),
    "a change whose undo was undone": (
        NOT,
        {"change": CHANGE, "undo": Of("change"), "redo": Of("undo")},
    ),
    "a change that was undone again after its undo was undone": (
        DONE,
        {"change": CHANGE, "undo": Of("change"), "redo": Of("undo"), "second": Of("change")},
    ),
    "a change whose undo was undone, which was undone again": (
        DONE,
        {"change": CHANGE, "undo": Of("change"), "redo": Of("undo"), "second": Of("redo")},
    ),
    "a change whose two undos were both undone": (
        NOT,
        {
            "change": CHANGE,
            "undo": Of("change"),
            "redo": Of("undo"),
            "second": Of("change"),
            "third": Of("second"),
        },
    ),
    "a change whose undo at once found nothing to revert": (
        DONE,
        {"change": CHANGE, "undo": Of("change", changed=0)},
    ),
    "a large change without an undo": (NOT, {"change": LARGE}),
    "a large change whose undo is through": (DONE, {"change": LARGE, "undo": Of("change", 2, 2)}),
    "a large change whose undo was stopped after its first part": (
        PARTLY,
        {"change": LARGE, "undo": Of("change", 2, 1)},
    ),
    "a large change whose undo was stopped before anything was reverted": (
        NOT,
        {"change": LARGE, "undo": Of("change", 2, 1, changed=0)},
    ),
    "a large change whose stopped undo was undone": (
        NOT,
        {"change": LARGE, "undo": Of("change", 2, 1), "redo": Of("undo", 1, 1)},
    ),
    "a large change whose stopped undo is being undone": (
        PARTLY,
        {"change": LARGE, "undo": Of("change", 2, 1), "redo": Of("undo", 2, 1)},
    ),
    "a large change whose first undo was undone, and whose second one was stopped": (
        PARTLY,
        {
            "change": LARGE,
            "undo": Of("change", 2, 2),
            "redo": Of("undo", 2, 2),
            "second": Of("change", 2, 1),
        },
    ),
    "a large change whose first undo was stopped and undone, and whose second one is through": (
        DONE,
        {
            "change": LARGE,
            "undo": Of("change", 2, 1),
            "redo": Of("undo", 1, 1),
            "second": Of("change", 2, 2),
        },
    ),
    "a change beside one that was undone": (
        NOT,
        {"other": CHANGE, "undo": Of("other"), "change": CHANGE},
    ),
}


def made(operations: dict[str, Of], **values: Any) -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for name, of in operations.items():
        whole = Operation.objects.create(
            kind="undo" if of.undoes else "vip",
            undoes=found.get(of.undoes),
            part_count=of.parts,
            changed=of.changed,
            **{"table": "lead", **values},
        )
        for number in range(of.done):
            Operation.objects.create(
                kind=whole.kind, table="lead", part_of=whole, part=number, changed=of.changed
            )
        found[name] = whole
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "operations"), UNDONE.values(), ids=UNDONE.keys())
def test_whether_a_change_is_undone(state, operations):
    record = made(operations)["change"]
    own = {record.pk}
    expected = {
        DONE: UndoingOperations(own, set()),
        PARTLY: UndoingOperations(set(), own),
        NOT: UndoingOperations(set(), set()),
    }[state]
    assert get_undoing_operations([record]) == expected


@pytest.mark.django_db
def test_changes_on_one_page_are_each_judged_by_themselves(django_assert_num_queries):
    worlds = [made(operations)["change"] for _state, operations in UNDONE.values()]
    states = [state for state, _operations in UNDONE.values()]
    found = get_undoing_operations(worlds)
    assert [(r.pk in found.done, r.pk in found.partly) for r in worlds] == [
        (state == DONE, state == PARTLY) for state in states
    ]
    with django_assert_num_queries(0):
        assert get_undoing_operations([]) == UndoingOperations(set(), set())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "done"), [(1, True), (0, False)], ids=["it reverted a record", "it didn't"]
)
def test_a_part_is_undone_if_the_undo_of_it_reverted_anything(changed, done):
    operations = made({"change": LARGE, "undo": Of("change", 2, 0)})
    part = operations["change"].parts.get(part=0)
    Operation.objects.create(kind="undo", undoes=part, part_of=operations["undo"], part=0, changed=changed)
    assert get_undoing_operations([part]).done == ({part.pk} if done else set())


RESTS = {
    "an undo that was stopped can be continued": (True, Of("change", 2, 1), None),
    "an undo that was stopped before its first part, too": (True, Of("change", 2, 0, changed=0), None),
    "an undo that is through can't": (False, Of("change", 2, 2), None),
    "an undo that was undone since can't": (False, Of("change", 2, 1), Of("undo", 1, 1)),
    "an undo of which a part was undone since can't": (False, Of("change", 2, 1), Of("undo", 2, 1)),
    "a newer undo that is through leaves nothing": (False, Of("change", 2, 1), Of("change", 2, 2)),
    "of two undos, the newer one is continued": (True, Of("change", 2, 2), Of("change", 2, 1)),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("has_more", "first", "second"), RESTS.values(), ids=RESTS.keys())
def test_which_undo_can_be_continued(has_more, first, second):
    operations = {"change": LARGE, "undo": first, **({"second": second} if second else {})}
    found = made(operations)
    newest = [o for o in found.values() if o.undoes == found["change"]][-1]
    assert get_unfinished_undo(found["change"]) == (newest if has_more else None)


def test_a_change_at_once_has_no_undo_to_continue(db):
    assert get_unfinished_undo(made({"change": CHANGE, "undo": Of("change", 2, 1)})["change"]) is None


OLD, NOTHING = (
    "The time limit for undoing it has passed.",
    "No records were changed, so there’s nothing to undo.",
)
AGAIN, PART = (
    "This change has already been undone.",
    "This is one part of a larger change. Undo the whole change.",
)
RIGHTS = "You don’t have the permissions that this change requires."
ALL = "You don’t have permission to change all of these records."
RUNNING = "This change is still being carried out. Cancel its job first."
STOPPED = "The undo of this change was stopped and then partly undone. Finish undoing it first."


class Why(NamedTuple):
    """`by` undoes what Ann did to her lead, and what she did to `another` lead."""

    says: str = ""
    by: str = "ann"
    another: str = ""
    days: int = 0
    operations: dict[str, Of] = {"change": CHANGE}
    of: str = "change"
    job: str = ""
    table: str = "lead"
    active: bool = True
    as_part: bool = False


WHY = {
    "the one who made the change": Why(),
    "a manager of the same department": Why(by="conrad"),
    "an administrator": Why(by="ada"),
    "a salesperson who may change the lead": Why(by="bob"),
    "a salesperson who may not change one of the leads": Why(ALL, by="bob", another="ben"),
    "a manager of another department": Why(ALL, by="carla"),
    "an account that was closed": Why(RIGHTS, active=False),
    "an account that was closed, and a change that requires no permission": Why(
        RIGHTS, active=False, table=""
    ),
    "a change that requires no permission": Why(table=""),
    "someone without the permission to change leads": Why(RIGHTS, by="eve"),
    "on the last day": Why(days=29),
    "after the last day": Why(OLD, days=31),
    "a change that changed nothing": Why(NOTHING, operations={"change": Of(changed=0)}),
    "a change that was undone": Why(AGAIN, operations={"change": CHANGE, "undo": Of("change")}),
    "an undo": Why(operations={"change": CHANGE, "undo": Of("change")}, of="undo"),
    "an undo by someone without the permission for the change": Why(
        RIGHTS, by="eve", operations={"change": CHANGE, "undo": Of("change")}, of="undo"
    ),
    "a part alone": Why(PART, operations={"change": LARGE}, of="part"),
    "a part in the undo of the whole": Why(operations={"change": LARGE}, of="part", as_part=True),
    "a part of a colleague's whole is judged record by record": Why(
        by="carla", operations={"change": LARGE}, of="part", as_part=True
    ),
    "a part of a whole by someone without the permission": Why(
        RIGHTS, by="eve", operations={"change": LARGE}, of="part", as_part=True
    ),
    "a large change whose job runs": Why(RUNNING, operations={"change": LARGE}, job="running"),
    "a large change whose job waits": Why(RUNNING, operations={"change": LARGE}, job="waiting"),
    "a change at once whose job has only to say that it is done": Why(job="running"),
    "a large change whose job was canceled": Why(operations={"change": LARGE}, job="cancelled"),
    "a large change whose undo was stopped": Why(operations={"change": LARGE, "undo": Of("change", 2, 1)}),
    "a large change whose undo was stopped, by someone who can't change all of its records now": Why(
        by="carla", operations={"change": LARGE, "undo": Of("change", 2, 1)}
    ),
    "a large change by someone who can't change all of its records": Why(
        ALL, by="carla", operations={"change": LARGE}
    ),
    "a large change whose stopped undo was partly undone": Why(
        STOPPED,
        operations={"change": LARGE, "undo": Of("change", 2, 1), "redo": Of("undo", 2, 1)},
    ),
}


@pytest.mark.parametrize("case", WHY.values(), ids=WHY.keys())
def test_why_a_change_cannot_be_undone(case, cast, make_lead, someone_with):
    people = {**vars(cast), "eve": someone_with("view_lead")}
    leads = [make_lead(owner=people[name]) for name in ("bob", case.another) if name]
    found = made(
        case.operations, by=cast.ann, table=case.table, at=timezone.now() - timedelta(days=case.days)
    )
    asked = found["change"].parts.first() if case.of == "part" else found[case.of]
    change = asked if case.of == "part" else found["change"]
    Change.objects.bulk_create(
        Change(operation=o, at=o.at, table="lead", row=lead.pk, kind="update", version=2, fields={})
        for o in {change, asked, *change.parts.all()}
        for lead in leads
    )
    if case.job:
        Job.objects.create(kind="bulk", user=cast.ann, operation=found["change"], state=case.job)
    user = people[case.by]
    user.is_active = case.active
    assert get_undo_obstacle(asked, user, as_part=case.as_part) == case.says
