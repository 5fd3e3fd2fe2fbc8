"""What an undo does with the values of a unique field: no two records ever have the same one."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import Operation, UniqueValue
from crm.records.custom_fields.undo import ValueUpdates
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.reversal_sql import ReversalUpdates
from crm.records.history.verb_execution import operation
from leads.models import Lead, LeadValues

TRASH, BACK = "to Trash", "out of Trash"
TAKEN, SINCE, BINNED = "value_taken", "changed_since", "in Trash"


class Unique(NamedTuple):
    """Ana, Bea and Cris have the codes `start`, "" for none. A change then carries out its `steps`, each a record and its new code
    or its way into Trash; others did `since` later. After the undo the codes are `after`, and these records kept something."""

    start: dict[str, str]
    steps: tuple[tuple[str, str], ...]
    since: tuple[tuple[str, str], ...]
    after: dict[str, str]
    kept: dict[str, list[str]] = {}
    back: tuple[str, ...] = ()
    binned: tuple[str, ...] = ()


CASES = {
    "a code that no one else has goes back": Unique(
        {"ana": "1"}, (("ana", "2"),), (), {"ana": "1"}, back=("ana",)
    ),
    "a code that another record took since stays with it": Unique(
        {"ana": "1"}, (("ana", "2"),), (("bea", "1"),), {"ana": "2", "bea": "1"}, {TAKEN: ["ana"]}
    ),
    "a code in other capitals is the same code": Unique(
        {"ana": "x"}, (("ana", "2"),), (("bea", "X"),), {"ana": "2", "bea": "X"}, {TAKEN: ["ana"]}
    ),
    "a record's own code in other capitals isn't in its way": Unique(
        {"ana": "x"}, (("ana", "X"),), (), {"ana": "x"}, back=("ana",)
    ),
    "a code that another record took and gave up again goes back": Unique(
        {"ana": "1"}, (("ana", "2"),), (("bea", "1"), ("bea", "3")), {"ana": "1", "bea": "3"}, back=("ana",)
    ),
    "a code that a record in Trash took goes back": Unique(
        {"ana": "1"},
        (("ana", "2"),),
        (("bea", "1"), ("bea", TRASH)),
        {"ana": "1", "bea": "1"},
        back=("ana",),
        binned=("bea",),
    ),
    "a record that is in Trash now gets its code back although another one has it": Unique(
        {"ana": "1"},
        (("ana", "2"),),
        (("ana", TRASH), ("bea", "1")),
        {"ana": "1", "bea": "1"},
        back=("ana",),
        binned=("ana",),
    ),
    "a code that was changed since stays, whoever has the old one": Unique(
        {"ana": "1"},
        (("ana", "2"),),
        (("ana", "3"), ("bea", "1")),
        {"ana": "3", "bea": "1"},
        {SINCE: ["ana"]},
    ),
    "a code that the change cleared goes back": Unique(
        {"ana": "1"}, (("ana", ""),), (), {"ana": "1"}, back=("ana",)
    ),
    "a code that the change cleared and another record took since stays with it": Unique(
        {"ana": "1"}, (("ana", ""),), (("bea", "1"),), {"bea": "1"}, {TAKEN: ["ana"]}
    ),
    "a code that is removed is in no one's way": Unique(
        {}, (("ana", "1"),), (("bea", "2"),), {"bea": "2"}, back=("ana",)
    ),
    "only the record whose code was taken keeps its new one": Unique(
        {"ana": "1", "bea": "2"},
        (("ana", "3"), ("bea", "4")),
        (("cris", "1"),),
        {"ana": "3", "bea": "2", "cris": "1"},
        {TAKEN: ["ana"]},
        back=("bea",),
    ),
    "a record that went to Trash comes back with its code": Unique(
        {"ana": "1"}, (("ana", TRASH),), (), {"ana": "1"}, back=("ana",)
    ),
    "a record in Trash whose code another one took stays there": Unique(
        {"ana": "1"},
        (("ana", TRASH),),
        (("bea", "1"),),
        {"ana": "1", "bea": "1"},
        {TAKEN: ["ana"]},
        binned=("ana",),
    ),
    "a code goes back to the record that comes out of Trash, from the one that got it": Unique(
        {"ana": "1"}, (("ana", TRASH), ("bea", "1")), (), {"ana": "1"}, back=("ana", "bea")
    ),
    "two records get back what one gave the other, and the other's old code": Unique(
        {"ana": "1", "bea": "2"},
        (("ana", TRASH), ("bea", "1")),
        (),
        {"ana": "1", "bea": "2"},
        back=("ana", "bea"),
    ),
    "a record stays in Trash if the one that got its code was given another one and a third has it": Unique(
        {"ana": "1"},
        (("ana", TRASH), ("bea", "1")),
        (("bea", "2"), ("cris", "1")),
        {"ana": "1", "bea": "2", "cris": "1"},
        {TAKEN: ["ana"], SINCE: ["bea"]},
        binned=("ana",),
    ),
    "a record that came out of Trash goes there again, and its code to the one that had it": Unique(
        {"bea": BINNED + " 1", "ana": "1"},
        (("ana", "2"), ("bea", BACK)),
        (),
        {"ana": "1", "bea": "1"},
        back=("ana", "bea"),
        binned=("bea",),
    ),
    "codes that were swapped stay swapped": Unique(
        {"ana": "1", "bea": "2"},
        (("ana", ""), ("bea", "1"), ("ana", "2")),
        (),
        {"ana": "2", "bea": "1"},
        {TAKEN: ["ana", "bea"]},
    ),
    "of codes that moved on by one, only the last one's goes back": Unique(
        {"ana": "1", "bea": "2"},
        (("ana", "3"), ("bea", "1")),
        (),
        {"ana": "3", "bea": "2"},
        {TAKEN: ["ana"]},
        back=("bea",),
    ),
}


@pytest.fixture
def people(make_lead, make_field):
    field = make_field("Code", is_unique=True)
    return {name: make_lead(name.title()).pk for name in ("ana", "bea", "cris")}, field.name


def write(lead: int, key: str, value: str) -> None:
    if value in (TRASH, BACK):
        Lead.objects.filter(pk=lead).update(deleted_at=timezone.now() if value == TRASH else None)
        return
    held, _made = LeadValues.objects.get_or_create(record_id=lead)
    held.values = {key: value} if value else {}
    held.save()


def carried_out(people: dict[str, int], key: str, steps: Any) -> Operation:
    with operation("test", by=None, table="lead", changed=1) as record:
        for name, value in steps:
            write(people[name], key, value)
    return record


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_unique_code(case, people, ada):
    leads, key = people
    for name, value in case.start.items():
        carried_out(leads, key, [(name, value.removeprefix(BINNED + " "))])
        if value.startswith(BINNED):
            carried_out(leads, key, [(name, TRASH)])
    record = carried_out(leads, key, case.steps)
    for step in case.since:
        carried_out(leads, key, [step])
    kept = {reason: [leads[name] for name in names] for reason, names in case.kept.items()}
    ahead, undone = preview_undo(record, ada), revert_operation(record, by=ada)
    assert undone.kept.get("lead", {}) == ahead.kept.get("lead", {}) == kept
    assert undone.back["lead"] == ahead.back["lead"] == [leads[name] for name in case.back]
    codes = dict(LeadValues.objects.values_list("record_id", f"values__{key}"))
    assert {name: codes[pk] for name, pk in leads.items() if codes.get(pk)} == case.after
    binned = Lead.objects.exclude(deleted_at=None).values_list("pk", flat=True)
    assert sorted(binned) == sorted(leads[name] for name in case.binned)
    present = UniqueValue.objects.filter(present=True).values_list("record", flat=True)
    assert sorted(present) == sorted(leads[name] for name in case.after if name not in case.binned)


class Holder(NamedTuple):
    """Bea or Cris was in Trash `first`. A change gave Ana another code and did this with them as well; then Bea got Ana's old
    code in some `later` steps."""

    first: tuple[tuple[str, str], ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    later: tuple[tuple[str, str], ...] = (("bea", "1"),)
    before: bool = True
    goes_back: bool = False


BEA_BACK: tuple[tuple[str, str], ...] = (("bea", BACK),)
HOLDERS = {
    "the code of a record that the same undo puts into Trash will be free": Holder(
        (("bea", TRASH),), BEA_BACK, goes_back=True
    ),
    "the code of a record that the undo has left out of Trash isn't free": Holder(
        (("bea", TRASH),), BEA_BACK, before=False
    ),
    "the code of a record that the change had nothing to do with isn't free": Holder(),
    "the code of a record isn't free because the undo puts another one into Trash": Holder(
        (("cris", TRASH),), (("cris", BACK),)
    ),
    "the code of a record that another change took out of Trash isn't free": Holder(
        later=(("bea", TRASH), ("bea", "1"), *BEA_BACK)
    ),
}


@pytest.mark.parametrize("case", HOLDERS.values(), ids=HOLDERS.keys())
def test_whether_a_code_will_be_free_and_is_free(case, people, ada):
    leads, key = people
    carried_out(leads, key, [("ana", "1")])
    for step in case.first:
        carried_out(leads, key, [step])
    record = carried_out(leads, key, [("ana", "2"), *case.also])
    for step in case.later:
        carried_out(leads, key, [step])
    updates = ValueUpdates(record, "lead", Lead, [key], [], ada)
    ana = [leads["ana"]] if case.goes_back else []
    if case.before:
        assert updates.get_revertible_ids() == ana
        assert updates.get_kept_rows() == ({} if ana else {TAKEN: [leads["ana"]]})
    else:
        with operation("undo", by=ada, undoes=record):
            updates.stage()
            assert updates.restore_values([*leads.values()]) == ana


def test_a_record_stays_in_trash_while_the_one_that_got_its_code_still_has_it(people, ada):
    leads, key = people
    carried_out(leads, key, [("ana", "x")])
    record = carried_out(leads, key, [("ana", TRASH), ("bea", "x")])
    # The same code for the database, so it is Bea's, but an undo of hers leaves it alone.
    carried_out(leads, key, [("bea", "X")])
    updates = ReversalUpdates(record, "lead", Lead, ["deleted_at"], [], ada)
    assert updates.get_revertible_ids() == [leads["ana"]]
    with operation("undo", by=ada, undoes=record):
        updates.stage()
        assert updates.restore_values([*leads.values()]) == []


def test_the_same_code_in_another_unique_field_is_in_no_ones_way(people, make_field, ada):
    leads, key = people
    number = make_field("Number", is_unique=True).name
    carried_out(leads, key, [("ana", "1")])
    record = carried_out(leads, key, [("ana", "2")])
    carried_out(leads, number, [("bea", "1")])
    assert revert_operation(record, by=ada).back["lead"] == [leads["ana"]]
