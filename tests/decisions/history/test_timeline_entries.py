"""The entries of a timeline: which changes have one, who did it and in what words, and whether the viewer may undo it."""

from typing import Any

import pytest
from django.utils import timezone

from crm.models import Change, MergedRecord, Operation
from crm.records.history.timeline import FieldChange, Timeline, is_next_action_moved_by_merge, is_type_change
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead

RETYPE_FIELD = "retype_custom_field"
TASK = {"next_action": ["Call", ""]}


def did(kind: str, **values: Any) -> Operation:
    return Operation(**{"pk": 9, "kind": kind, "table": "lead", "changed": 1} | values)


def change(record: Operation | None = None, kind: str = "update", **fields: Any) -> Change:
    return Change(pk=1, row=7, table="lead", version=2, kind=kind, fields=fields, operation=record, role="bi")


def say(record: Operation, viewer: Any) -> str:
    return f"“{record.kind}”"


MERGE = did("merge")
MOVED_TASKS: dict[str, tuple[Change, bool]] = {
    "the next action, by a merge": (change(MERGE, **TASK), True),
    "its date too": (change(MERGE, **TASK, next_action_on=["2026-03-03", None]), True),
    "by the undo of a merge": (change(did("undo", undoes=MERGE), **TASK), True),
    "something else as well": (change(MERGE, **TASK, city=["", "Arad"]), False),
    "only something else": (change(MERGE, city=["", "Arad"]), False),
    "nothing": (change(MERGE), False),
    "by another verb": (change(did("edit_task"), **TASK), False),
    "by a database user": (change(None, **TASK), False),
}


@pytest.mark.parametrize(("recorded", "moved"), MOVED_TASKS.values(), ids=MOVED_TASKS)
def test_which_changes_are_only_tasks_that_a_merge_moved(recorded, moved):
    assert is_next_action_moved_by_merge(recorded) is moved


RETYPE = did(RETYPE_FIELD)
RETYPED = {
    "a change of type": (RETYPE, True),
    "its undo": (did("undo", undoes=RETYPE), True),
    "another verb": (did("edit_custom_field"), False),
    "no operation": (None, False),
}


@pytest.mark.parametrize(("record", "is_one"), RETYPED.values(), ids=RETYPED)
def test_which_operations_change_the_type_of_a_field(record, is_one):
    assert is_type_change(record) is is_one


CITY = {"city": ["Arad", "Cluj"]}
SAME = {"city": ["Cluj", "Cluj"]}
# What ann sees of a change: None for nothing, or the changed columns, how many other records changed, and whether she
# may undo it. Operations without a user are the system's.
ENTRIES: dict[str, tuple[dict[str, Any] | None, dict[str, Any], tuple[list[str], int, bool] | None]] = {
    "her own edit": ({"kind": "edit", "by": "ann"}, CITY, (["city"], 0, True)),
    "of several records": ({"kind": "edit", "by": "ann", "changed": 5}, CITY, (["city"], 4, True)),
    "of no counted record": ({"kind": "edit", "by": "ann", "changed": 0}, CITY, (["city"], 0, False)),
    "already undone": ({"kind": "edit", "by": "ann", "pk": "undone"}, CITY, (["city"], 0, False)),
    "a colleague's": ({"kind": "edit", "by": "bob"}, CITY, (["city"], 0, False)),
    "the system's": ({"kind": "edit"}, CITY, (["city"], 0, False)),
    "a database user's": (None, CITY, (["city"], 0, False)),
    "her own, about a private email": ({"kind": "edit", "by": "ann", "parameters": {"private": True}}, CITY, (["city"], 0, True)),
    "a colleague's, about a private email": ({"kind": "edit", "by": "bob", "parameters": {"private": True}}, CITY, None),
    "the next action that a merge moved": ({"kind": "merge", "by": "ann"}, TASK, None),
    "a new type that shows the same value": ({"kind": RETYPE_FIELD}, SAME, None),
    "a new type that shows another value": ({"kind": RETYPE_FIELD}, CITY, (["city"], 0, False)),
    "a new type that shows one value of two as before": (
        {"kind": RETYPE_FIELD}, CITY | {"zip": ["1", "1"]}, (["zip", "city"], 0, False),
    ),
    "an edit of what isn't shown": ({"kind": "edit"}, {"phone_normal": ["1", "2"]}, ([], 0, False)),
    "an edit that reads the same": ({"kind": "edit"}, SAME, (["city"], 0, False)),
}  # fmt: skip


def build_change(values: dict[str, Any] | None, fields: dict[str, Any], cast: Any) -> Change:
    if values is None:
        return change(**fields)
    undone = Operation.objects.create(kind="edit", table="lead", changed=1, by=cast.ann)
    Operation.objects.create(kind="undo", undoes=undone, changed=1)
    pks = {"pk": undone.pk} if values.get("pk") else {}
    by = getattr(cast, values["by"]) if "by" in values else None
    return change(did(**values | {"by": by, "at": timezone.now()} | pks), **fields)


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "fields", "entry"), ENTRIES.values(), ids=ENTRIES)
def test_what_an_entry_of_the_timeline_is(values, fields, entry, cast):
    recorded = build_change(values, fields, cast)
    found = Timeline(Lead(pk=7), cast.ann, say).build_entries([recorded])
    told = [({field.column for field in one.fields}, one.others, one.may_undo) for one in found]
    assert told == ([] if entry is None else [(set(entry[0]), *entry[1:])])


@pytest.mark.django_db
def test_a_timeline_that_is_only_read_offers_no_undo(cast):
    recorded = [build_change(values, CITY, cast) for values in ({"kind": "edit", "by": "ann"}, None)]
    found = Timeline(Lead(pk=7), cast.ann, say).build_entries(recorded, with_undo=False)
    assert [one.may_undo for one in found] == [False, False]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "shown", "has_moved"),
    [
        pytest.param(["status_id", "city"], ["city"], True, id="the move is shown beside the other fields"),
        pytest.param(["city"], ["city"], False, id="a change without a move"),
    ],
)
def test_the_status_is_shown_once(fields, shown, has_moved, ann, statuses):
    values = {"status_id": [statuses.new.pk, statuses.contacted.pk], **CITY}
    recorded = change(did("edit", at=timezone.now()), **{name: values[name] for name in fields})
    (entry,) = KINDS["lead"].timeline(Lead(pk=7), ann, say).build_entries([recorded])
    assert [field.column for field in entry.fields] == shown
    assert entry.moved == ((statuses.new, statuses.contacted) if has_moved else None)


@pytest.mark.django_db
def test_a_status_is_a_field_like_others_where_no_move_is_shown(ann, statuses):
    recorded = change(did("edit"), status_id=[statuses.new.pk, statuses.contacted.pk])
    (entry,) = Timeline(Lead(pk=7), ann, say).build_entries([recorded])
    assert [field.column for field in entry.fields] == ["status_id"]


# Whose name an entry begins with, and the rule that a value is said to be from.
ACTORS = {
    "a user": ({"kind": "edit", "by": "ann"}, "Ann", None),
    "the system": ({"kind": "edit"}, "The system", None),
    "an automation, whose owner only lent the permissions": (
        {"kind": "automation", "by": "ann", "channel": "automation"}, "“automation”", "“automation”",
    ),
    "the undo of what an automation did": (
        {"kind": "undo", "by": "ann", "channel": "automation", "undoes": did("automation"), "undoes_id": 9},
        "“undo”",
        None,
    ),
    "a database user": (None, "Database user bi", None),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "name", "source"), ACTORS.values(), ids=ACTORS)
def test_who_an_entry_names(values, name, source, cast):
    by = getattr(cast, values["by"]) if values and "by" in values else None
    recorded = change(None if values is None else did(**values | {"by": by}), **CITY)
    timeline = Timeline(Lead(pk=7), cast.ann, say)
    assert timeline.get_actor_name(recorded) == name
    found = timeline.build_value_sources([recorded])
    assert {column: one.words for column, one in found.items()} == ({"city": source} if source else {})


class Linked:
    """A verb with a page about each record that it changed."""

    @classmethod
    def get_cause_url(cls, parameters, row, viewer):
        return f"/{parameters['rule']}/{row}/{viewer}"


# The operation of a change, and the page that the name of its author leads to.
PAGES = {
    "a verb with a page": (did("linked", parameters={"rule": 5}), "/5/7/ann"),
    "a verb without one": (did("edit"), ""),
    "an unknown verb": (did("unheard"), ""),
    "no operation": (None, ""),
}


@pytest.mark.parametrize(("record", "url"), PAGES.values(), ids=PAGES)
def test_which_page_an_author_leads_to(record, url, monkeypatch):
    monkeypatch.setitem(Timeline.get_actor_url.__globals__["Verb"].known, "linked", Linked)
    assert Timeline(Lead(pk=7), "ann", say).get_actor_url(change(record)) == url


def fields(*labels: str) -> list[FieldChange]:
    return [FieldChange(label.lower(), label, "", "x") for label in labels]


# What an operation changed, in words.
WORDS = {
    "one field": (did("edit"), fields("City"), "changed city"),
    "four fields, by name": (
        did("edit"), fields("City", "Zip", "State", "VIP"), "changed city, zip, state and VIP",
    ),
    "five fields, by their number": (
        did("edit"), fields("City", "Zip", "State", "VIP", "Phone"), "changed 5 fields",
    ),
    "no field that is shown": (did("tag"), [], "made changes: “tag”"),
    "no field that is shown, by a database user": (None, [], ""),
}  # fmt: skip


@pytest.mark.parametrize(("record", "changed", "words"), WORDS.values(), ids=WORDS)
def test_how_changed_fields_are_told(record, changed, words):
    assert Timeline(Lead(pk=7), None, say).describe_fields(change(record), changed) == words


INTO = "merged other records into this one"
BINNED = {"deleted_at": [None, "2026-03-03"]}
# What a merge did with record 7, into which another lead was merged, or with record 8, into which none was.
MERGES: dict[str, tuple[Operation | None, int, dict[str, Any], str]] = {
    "the record that was kept": (did("merge"), 7, CITY, INTO),
    "a record that was merged": (did("merge"), 8, BINNED, "merged this record into another one"),
    "another record that got another link": (did("merge"), 8, CITY, ""),
    "a merge of companies": (did("merge", table="company"), 7, CITY, ""),
    "another verb": (did("edit"), 7, CITY, ""),
    "another verb that deleted it": (did("bin"), 7, BINNED, ""),
    "no operation": (None, 7, CITY, ""),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("record", "row", "changed", "words"), MERGES.values(), ids=MERGES)
def test_what_a_merge_says_of_a_record(record, row, changed, words):
    with operation("merge", by=None):
        MergedRecord.objects.create(table="lead", record=6, into=7)
    recorded = change(record, **changed)
    recorded.row = row
    assert Timeline(Lead(pk=row), None, say).describe_merge(recorded) == words
