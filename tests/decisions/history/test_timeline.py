"""What the timeline of a record says of each change: who, what, with which mark, and whether it can be undone there."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Change, MergedRecord, Operation
from crm.records.custom_fields.verbs import RetypeField
from crm.records.history import timeline
from crm.records.history.timeline import (
    FieldChange,
    Timeline,
    build_changes_in_words,
    get_change_texts,
    get_recorded_text,
    is_next_action_moved_by_merge,
    is_type_change,
    join_labels,
    lower_label,
)
from crm.records.history.value_sources import ValueSource
from crm.records.history.verb_execution import Verb, operation
from leads.models import Lead, Source

LABELS = {
    "City": "city",
    "Next action": "next action",
    "VIP": "VIP",
    "IDs of partners": "IDs of partners",
    "B2B customer": "B2B customer",
    "McLead": "McLead",
    "Value in EUR": "value in EUR",
    "T": "t",
    "Încasat": "încasat",
    "city": "city",
    "": "",
}


@pytest.mark.parametrize(("label", "words"), LABELS.items(), ids=[one or "nothing" for one in LABELS])
def test_a_label_within_a_sentence(label, words):
    assert lower_label(label) == words


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["City"], "city"),
        (["City", "VIP"], "city and VIP"),
        (["City", "Phone", "VIP"], "city, phone and VIP"),
    ],
)
def test_labels_within_a_sentence(labels, words):
    assert join_labels(labels) == words


ANN, BOB = User(pk=1, name="Ann"), User(pk=2, name="Bob")
GONE: list[Any] = [None, "2026-11-26"]
AUTOMATION = Operation.Channel.AUTOMATION


def change(fields: dict[str, list[Any]] | None = None, kind: str = "update", **record: Any) -> Change:
    """A change of the lead 7, by an operation if anything is said of that; `kind_of` is the kind of the operation."""
    if "kind_of" in record:
        record["kind"] = record.pop("kind_of")
    done = Operation(**{"pk": 5, "kind": "edit", "table": "lead", "by": ANN, **record}) if record else None
    return Change(pk=9, table="lead", row=7, kind=kind, fields=fields, operation=done, role="jdoe")


def undoing(kind: str) -> dict[str, Any]:
    return {"kind_of": "undo", "undoes": Operation(pk=4, kind=kind, table="lead")}


def of(viewer: User = BOB) -> Timeline:
    return Timeline(Lead(pk=7), viewer, lambda record, viewer: f"{record.kind} for {viewer.name}")


CITY = {"city": ["Arad", "Cluj"]}
# The change, its mark, and what it says.
SAID: dict[str, tuple[Change, str, str]] = {
    "an edit": (change(CITY, by=ANN), "edit", "changed city"),
    "an edit past Leadwell": (change(CITY), "edit", "changed city"),
    "a new record": (change(kind="insert", by=ANN), "plus", "created this record"),
    "a new record past Leadwell": (change(kind="insert"), "plus", "created this record"),
    "a new record of an automation": (change(kind="insert", channel=AUTOMATION), "plus", "created this record"),
    "an imported record": (change(kind="insert", kind_of="import"), "plus", "imported this record"),
    "a change by an import": (change(CITY, kind_of="import"), "upload", "made changes: import for Bob"),
    "an owner by an import": (
        change({"owner_id": [1, 2]}, kind_of="import"), "upload", "made changes: import for Bob",
    ),
    "a change by an automation": (change(CITY, channel=AUTOMATION), "bolt", "changed city"),
    "an import of an automation": (
        change(CITY, kind_of="import", channel=AUTOMATION), "bolt", "made changes: import for Bob",
    ),
    "the records of someone who leaves": (
        change({"owner_id": [1, 2]}, kind_of="deactivate"), "person", "made changes: deactivate for Bob",
    ),
    "another type of a field": (
        change({"c1": ["1", 1]}, kind_of=RetypeField.kind), "edit", "made changes: retype_custom_field for Bob",
    ),
    "a take": (change({"owner_id": [None, 1]}, kind_of="take"), "person", "took ownership"),
    "an owner": (change({"owner_id": [1, 2]}, kind_of="assign"), "person", "changed city"),
    "a deletion": (change({"deleted_at": GONE}, kind_of="bin"), "bin", "deleted this record"),
    "a restoration": (change({"deleted_at": GONE[::-1]}, kind_of="restore"), "bin", "restored this record"),
    "an erasure": (change({"erased_at": GONE}, kind_of="erase"), "bin", "erased this person"),
    "an undo": (change(CITY, **undoing("edit")), "undo", "undid “edit for Bob”"),
    "the undo of a new record": (
        change({"deleted_at": GONE}, **undoing("add")), "undo", "undid “add for Bob”",
    ),
    "the undo of a permanent deletion": (change(kind="insert", **undoing("purge")), "undo", "undid “purge for Bob”"),
    "the undo of an import": (change(CITY, **undoing("import")), "undo", "undid “import for Bob”"),
    "merged into another one": (
        change({"deleted_at": GONE}, kind_of="merge"), "bin", "merged this record into another one",
    ),
    "linked to another one by a merge": (change(CITY, kind_of="merge"), "edit", "changed city"),
    "deleted by a merge of companies": (
        change({"deleted_at": GONE}, kind_of="merge", table="company"), "bin", "deleted this record",
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "marker", "words"), SAID.values(), ids=SAID)
def test_what_an_entry_says_and_its_mark(row, marker, words):
    assert of().get_marker(row) == marker
    assert of().describe_operation(row, [FieldChange("city", "City", "Arad", "Cluj")]) == words


@pytest.mark.django_db
def test_of_a_merge_the_record_that_was_kept_says_that_others_were_merged_into_it():
    row = change(CITY, kind_of="merge")
    with operation("test", by=None):
        for table, record, into in (("lead", 7, 8), ("lead", 9, 10), ("company", 9, 7)):
            MergedRecord.objects.create(table=table, record=record, into=into)
    assert of().describe_merge(row) == ""
    with operation("test", by=None):
        MergedRecord.objects.create(table="lead", record=6, into=7)
    assert of().describe_merge(row) == "merged other records into this one"
    assert of().describe_merge(change(CITY, kind_of="edit")) == ""
    assert of().describe_merge(change(CITY)) == ""


# The labels of the fields that changed, and the words.
FIELDS = {
    "none": ([], True, "made changes: edit for Bob"),
    "none, past Leadwell": ([], False, ""),
    "one": (["City"], True, "changed city"),
    "four": (["City", "Phone", "VIP", "Email"], True, "changed city, phone, VIP and email"),
    "five": (["City", "Phone", "VIP", "Email", "Value"], True, "changed 5 fields"),
}


@pytest.mark.parametrize(("labels", "recorded", "words"), FIELDS.values(), ids=FIELDS)
def test_which_fields_changed(labels, recorded, words):
    fields = [FieldChange(label, label, "", "") for label in labels]
    assert of().describe_fields(change(CITY, by=ANN) if recorded else change(CITY), fields) == words


# The operation of a change, and who made it.
WHO: dict[str, tuple[dict[str, Any], str]] = {
    "a user": ({"by": ANN}, "Ann"),
    "a user by a program": ({"by": ANN, "channel": "api"}, "Ann"),
    "an automation": ({"by": ANN, "channel": AUTOMATION, "kind_of": "run"}, "run for Bob"),
    "no one": ({"by": None}, "The system"),
    "another program than Leadwell": ({}, "Database user jdoe"),
}


@pytest.mark.parametrize(("record", "name"), WHO.values(), ids=WHO)
def test_who_made_a_change(record, name):
    assert of().get_actor_name(change(CITY, **record)) == name


@pytest.fixture
def pages(monkeypatch):
    """The verb "run" leads from a record to a page of its own; other verbs lead nowhere."""

    def get_cause_url(parameters, row, viewer):
        return f"/runs/{parameters['run']}?record={row}&for={viewer.name}"

    monkeypatch.setattr(Verb, "known", {"run": SimpleNamespace(get_cause_url=get_cause_url), "edit": Verb})


RUN = {"kind_of": "run", "parameters": {"run": 3}}
# The operation of a change, the page about who or what made it, and whether a value has its source there.
SOURCES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "an automation": (RUN | {"channel": AUTOMATION}, "/runs/3?record=7&for=Bob", True),
    "a user": ({"by": ANN}, "", False),
    "a user with a verb that has a page": (RUN, "/runs/3?record=7&for=Bob", False),
    "the undo of an automation": (
        undoing("run") | {"channel": AUTOMATION}, "", False,
    ),
    "another program than Leadwell": ({}, "", False),
    "a verb that is gone": ({"kind_of": "gone", "channel": AUTOMATION}, "", True),
}  # fmt: skip


@pytest.mark.parametrize(("record", "url", "is_source"), SOURCES.values(), ids=SOURCES)
def test_where_a_value_has_its_source(record, url, is_source, pages):
    row = change(CITY, **record)
    assert of().get_actor_url(row) == url
    source = ValueSource(f"{record.get('kind_of')} for Bob", url) if is_source else None
    assert of().get_value_source("city", row) == source
    # Only the last change of a field says where its value is from.
    newer = change({"zip": ["", "1"]}, by=ANN)
    assert of().build_value_sources([newer, row]) == ({"city": source} if source else {})
    assert of().build_value_sources([change(CITY, by=ANN), row]) == {}


NEXT: dict[str, Any] = {"next_action": ["", "Call"]}
# The change, and whether it only shows that a merge moved a task.
MOVED: dict[str, tuple[Change, bool]] = {
    "the next action": (change(NEXT, kind_of="merge"), True),
    "the next action and its date": (change(NEXT | {"next_action_on": GONE}, kind_of="merge"), True),
    "the undo of a merge": (change(NEXT, **undoing("merge")), True),
    "the next action and more": (change(NEXT | CITY, kind_of="merge"), False),
    "the kept record": (change(CITY, kind_of="merge"), False),
    "a new record": (change(kind="insert", kind_of="merge"), False),
    "no merge": (change(NEXT, kind_of="edit"), False),
    "past Leadwell": (change(NEXT), False),
}


@pytest.mark.parametrize(("row", "moved"), MOVED.values(), ids=MOVED)
def test_whether_a_change_only_shows_that_a_merge_moved_a_task(row, moved):
    assert is_next_action_moved_by_merge(row) is moved


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (None, False),
        (Operation(kind=RetypeField.kind), True),
        (Operation(kind="edit"), False),
        (change(**undoing(RetypeField.kind)).operation, True),
        (change(**undoing("edit")).operation, False),
    ],
    ids=["no operation", "another type", "an edit", "the undo of another type", "the undo of an edit"],
)
def test_whether_an_operation_is_another_type_of_a_field(record, found):
    assert is_type_change(record) is found


PRIVATE = {"parameters": {"private": True}}
SAME = {"zip": ["1", "1"]}
# The change, whether Ann, who made it, and Bob see an entry, how many other records were changed, and whether Ann may undo it there.
SHOWN: dict[str, tuple[Change, bool, bool, int, bool]] = {
    "of a user": (change(CITY, by=ANN, changed=1), True, True, 0, True),
    "of a user who changed ten records": (change(CITY, by=ANN, changed=10), True, True, 9, True),
    "of a user, in a record that wasn't counted": (change(CITY, by=ANN, changed=0), True, True, 0, True),
    "of no one": (change(CITY, by=None, changed=2), True, True, 1, False),
    "past Leadwell": (change(CITY), True, True, 0, False),
    "undone": (change(CITY, pk=6, changed=1), True, True, 0, False),
    "private": (change(CITY, changed=1, **PRIVATE), True, False, 0, True),
    "a merge that moved a task": (change(NEXT, kind_of="merge", changed=1), False, False, 0, False),
    "another type, which looks the same": (
        change(SAME, kind_of=RetypeField.kind, changed=1), False, False, 0, False,
    ),
    "another type, which looks different": (
        change(SAME | CITY, kind_of=RetypeField.kind, changed=1), True, True, 0, True,
    ),
    "an edit that looks the same": (change(SAME, changed=1), True, True, 0, True),
}  # fmt: skip


@pytest.mark.parametrize(("row", "to_ann", "to_bob", "others", "may"), SHOWN.values(), ids=SHOWN)
def test_which_changes_have_an_entry_and_for_whom(row, to_ann, to_bob, others, may, monkeypatch):
    asked: list[Any] = []

    def find_undone(records):
        asked.extend(records)
        return {6}

    monkeypatch.setattr(timeline, "get_undone_ids", find_undone)
    monkeypatch.setattr(timeline, "may_undo_own", lambda done, by, undone: done.by_id == by.pk and not undone)
    monkeypatch.setattr(
        timeline,
        "build_changes_in_words",
        lambda model, changes, viewer: [
            (one, [FieldChange(name, name.title(), *texts) for name, texts in one.diff.items()])
            for one in changes
        ],
    )
    entries = of(ANN).build_entries([row])
    assert [(one.change, one.others, one.may_undo) for one in entries] == (
        [(row, others, may)] if to_ann else []
    )
    # Only her own could be undone.
    own = row.operation is not None and row.operation.by == ANN
    assert asked == ([row.operation] if own else [])
    asked.clear()
    assert len(of(BOB).build_entries([row])) == to_bob
    assert not any(one.may_undo for one in of(BOB).build_entries([row]))
    assert not any(one.may_undo for one in of(ANN).build_entries([row], with_undo=False))
    assert asked == []


def test_a_move_is_shown_apart_from_the_other_fields(monkeypatch):
    class Moves(Timeline):
        def get_moved_statuses(self, change):
            return ("New", "Won") if "status_id" in change.diff else None

    monkeypatch.setattr(
        timeline,
        "build_changes_in_words",
        lambda model, changes, viewer: [
            (one, [FieldChange(name, name, "", "") for name in one.diff]) for one in changes
        ],
    )
    moves = Moves(Lead(pk=7), BOB, lambda record, viewer: "")
    entries = moves.build_entries([change(CITY | {"status_id": [1, 2]}), change(CITY)])
    assert [(one.moved, [field.column for field in one.fields]) for one in entries] == [
        (("New", "Won"), ["city"]),
        (None, ["city"]),
    ]
    # Kinds without statuses show it among the others.
    assert of().get_moved_statuses(change({"status_id": [1, 2]})) is None


@pytest.mark.django_db
def test_the_fields_of_a_change_that_a_reader_sees(ann, ada, make_field):
    own, closed = make_field("Code"), make_field("Secret", roles=[ada.groups.get().pk])
    diff = CITY | {
        "phone": ["", "0722"],
        "phone_normal": ["", "+40722"],
        "created_at": [None, "2026"],
        "a_column_that_is_gone": ["1", "2"],
        own.name: [None, "A"],
        closed.name: ["B", None],
    }
    seen = {}
    for reader in (ann, ada):
        ((_change, fields),) = build_changes_in_words(Lead, [change(diff)], reader)
        seen[reader.name] = [(field.label, field.old, field.new) for field in fields]
    common = [("City", "Arad", "Cluj"), ("Phone", "", "0722"), ("Code", "", "A")]
    assert seen == {"Ann": common, "Ada": [*common, ("Secret", "B", "")]}


@pytest.mark.django_db
def test_the_fields_of_a_setting(ann):
    row = change({"name": ["Web", "Website"], "retired": [False, True], "gone": [1, 2]})
    ((_change, fields),) = build_changes_in_words(Source, [row], ann)
    assert [(field.column, field.old, field.new) for field in fields] == [
        ("name", "Web", "Website"),
        ("retired", "no", "yes"),
    ]


@pytest.mark.django_db
def test_what_was_erased_and_what_can_no_longer_be_read(ann):
    city, created = Lead._meta.get_field("city"), Lead._meta.get_field("created_at")
    erased = change({"city": [timeline.NO_VALUES[0], timeline.NO_VALUES[1]]})
    assert get_change_texts(city, erased, ann) == ("erased", "erased")
    assert get_change_texts(city, change({"city": [None, "Cluj"]}), ann) == ("", "Cluj")
    assert get_recorded_text(created, None, ann) == ""
    # A field that had no value wasn't "no".
    assert get_recorded_text(Lead._meta.get_field("vip"), None, ann) == ""
    # Of an earlier type.
    assert get_recorded_text(created, "soon", ann) == "soon"
    assert get_recorded_text(created, timezone.now().isoformat(), ann) != ""
