"""What an undo writes into a field: the value of before, unless the field was changed again since."""

from typing import Any, NamedTuple

import pytest

from accounts.models import Department
from crm.models import Operation
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import operation
from leads.models import Lead, LeadValues

UNTOUCHED = "untouched"


def write(lead: int, values: dict[str, Any]) -> None:
    """Into columns, or into the custom field "code"."""
    custom = {name: value for name, value in values.items() if name.startswith("c") and name[1:].isdigit()}
    if custom:
        held, _made = LeadValues.objects.get_or_create(record_id=lead)
        held.values = {k: v for k, v in {**held.values, **custom}.items() if v is not None}
        held.save()
    if columns := {name: value for name, value in values.items() if name not in custom}:
        Lead.objects.filter(pk=lead).update(**columns)


def changed(lead: int, *steps: dict[str, Any]) -> Operation:
    """One change in several steps."""
    with operation("test", by=None, table="lead", changed=1) as record:
        for values in steps:
            write(lead, values)
    return record


class Field(NamedTuple):
    """A field that was `before`; a change wrote `wrote` into it, in one or more steps; afterwards others wrote `since`. The
    undo leaves `after`, and says `kept` if it left the field alone."""

    before: Any
    wrote: tuple[Any, ...]
    since: tuple[Any, ...]
    after: Any
    kept: str = ""
    back: bool = True


def rows(cases: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("case", cases.values(), ids=cases.keys())


HOT, COLD, FAIR = "hot", "cold", "fair"
SINCE = "changed_since"
TEXTS = {
    "a text that no one touched since gets its old value": Field("Arad", ("Cluj",), (), "Arad"),
    "a text that was empty is empty again": Field("", ("Cluj",), (), ""),
    "a text that was cleared is back": Field("Arad", ("",), (), "Arad"),
    "a text that a colleague changed since stays": Field("Arad", ("Cluj",), ("Iasi",), "Iasi", SINCE),
    "a text that a colleague cleared since stays empty": Field("Arad", ("Cluj",), ("",), "", SINCE),
    "a text that a colleague changed and changed back gets its old value": Field(
        "Arad", ("Cluj",), ("Iasi", "Cluj"), "Arad"
    ),
    "a text that differs in capitals only counts as changed": Field(
        "Arad", ("Cluj",), ("CLUJ",), "CLUJ", SINCE
    ),
    "a text that already has its old value again is left alone and named": Field(
        "Arad", ("Cluj",), ("Arad",), "Arad", SINCE
    ),
    "of several steps of one change, the value before the first one comes back": Field(
        "Arad", ("Cluj", "Iasi"), (), "Arad"
    ),
    "of three steps, too": Field("Arad", ("Cluj", "Iasi", "Bacau"), (), "Arad"),
    "after several steps, the last one's value is what others may not have touched": Field(
        "Arad", ("Cluj", "Iasi"), ("Cluj",), "Cluj", SINCE
    ),
    "several steps that end where they began have changed nothing": Field(
        "Arad", ("Cluj", "Arad"), (), "Arad", back=False
    ),
    "several steps that end where they began leave what others wrote since, without a word": Field(
        "Arad", ("Cluj", "Arad"), ("Iasi",), "Iasi", back=False
    ),
}


@rows(TEXTS)
@pytest.mark.parametrize("of", ["a column", "a custom field"])
def test_a_text(case, of, make_lead, make_field, ada):
    name = "city" if of == "a column" else make_field("Code").name

    def written(value):
        # A custom field that is empty has no value at all.
        return {name: value if name == "city" else value or None}

    lead = make_lead()
    changed(lead.pk, written(case.before))
    record = changed(lead.pk, *map(written, case.wrote))
    for value in case.since:
        changed(lead.pk, written(value))
    kept = {"lead": {case.kept: [lead.pk]}} if case.kept else {}
    ahead = preview_undo(record, ada)
    assert ahead.kept == kept
    undone = revert_operation(record, by=ada)
    assert undone.kept == kept
    assert ahead.back["lead"] == undone.back["lead"] == ([lead.pk] if case.back and not case.kept else [])
    if name == "city":
        assert Lead.objects.get(pk=lead.pk).city == case.after
    else:
        assert LeadValues.objects.get(record=lead).values.get(name, "") == case.after


TAGS = {
    "a tag that the change added goes": Field([], ([HOT],), (), []),
    "a tag that the change removed is back": Field([HOT], ([],), (), [HOT]),
    "a tag that was there before stays": Field([COLD], ([COLD, HOT],), (), [COLD]),
    "a tag that a colleague added since stays": Field([], ([HOT],), ([HOT, FAIR],), [FAIR]),
    "a tag that a colleague removed since isn't brought back": Field([COLD], ([COLD, HOT],), ([HOT],), []),
    "a tag that a colleague removed since isn't brought back with one that is": Field(
        [COLD, FAIR], ([COLD],), ([],), [FAIR]
    ),
    "a tag that the change added and a colleague removed since stays away": Field([], ([HOT],), ([],), []),
    "a tag that the change removed and a colleague gave again since is there once": Field(
        [HOT], ([],), ([HOT],), [HOT]
    ),
    "a tag that the change replaced by another one is back": Field([HOT], ([COLD],), (), [HOT]),
    "a tag that was replaced is back although a colleague removed the other one since": Field(
        [HOT], ([COLD],), ([],), [HOT]
    ),
    "two tags that the change removed are back, in the order of their numbers": Field(
        [HOT, COLD], ([],), (), [HOT, COLD]
    ),
    "a tag that is back comes before one that a colleague gave since, in the order of their numbers": Field(
        [HOT], ([],), ([FAIR],), [HOT, FAIR]
    ),
    "of several steps, what was there before the first one is back": Field(
        [HOT], ([COLD], [FAIR]), (), [HOT]
    ),
    "a tag that one step removed and the next one gave again is left alone": Field(
        [HOT, COLD], ([COLD], [HOT]), ([],), [COLD]
    ),
}


@rows(TAGS)
def test_tags(case, make_lead, make_tag, ada):
    tags = {name: make_tag(name).pk for name in (HOT, COLD, FAIR)}

    def written(names):
        return {"tags": [tags[name] for name in names]}

    lead = make_lead(**written(case.before))
    record = changed(lead.pk, *map(written, case.wrote))
    for names in case.since:
        changed(lead.pk, written(names))
    ahead, undone = preview_undo(record, ada), revert_operation(record, by=ada)
    assert ahead.kept == undone.kept == {}
    assert ahead.back["lead"] == undone.back["lead"] == [lead.pk]
    assert Lead.objects.get(pk=lead.pk).tags == sorted(tags[name] for name in case.after)


class Two(NamedTuple):
    """Two fields that a change wrote, and what others wrote since."""

    wrote: dict[str, Any]
    since: dict[str, Any]
    after: dict[str, Any]
    kept: tuple[str, ...] = ()
    back: bool = True


# Before: without a next step, in Arad, in the department Sales without an owner, and without a phone number.
PAIRS = {
    "both fields go back": Two({"city": "Cluj", "country": "DE"}, {}, {"city": "Arad", "country": "RO"}),
    "one field goes back although the other one was changed since": Two(
        {"city": "Cluj", "country": "DE"}, {"country": "FR"}, {"city": "Arad", "country": "FR"}, (SINCE,)
    ),
    "what a colleague wrote into another field stays": Two(
        {"city": "Cluj"}, {"country": "FR"}, {"city": "Arad", "country": "FR"}
    ),
    "no field goes back if both were changed since": Two(
        {"city": "Cluj", "country": "DE"},
        {"city": "Iasi", "country": "FR"},
        {"city": "Iasi", "country": "FR"},
        (SINCE,),
        back=False,
    ),
    "a department goes back with its owner": Two(
        {"owner": "dan", "department": "export"}, {}, {"owner": "bob", "department": "sales"}
    ),
    "a department stays with the owner who was chosen since": Two(
        {"owner": "dan", "department": "export"},
        {"owner": None},
        {"owner": None, "department": "export"},
        (SINCE,),
        back=False,
    ),
    "a department alone goes back": Two(
        {"department": "export"}, {}, {"department": "sales", "owner": "bob"}
    ),
    "a department alone that was changed since stays": Two(
        {"department": "export"},
        {"department": "support"},
        {"department": "support", "owner": "bob"},
        (SINCE,),
        back=False,
    ),
    "an owner goes back although the department was changed since": Two(
        {"owner": "dan", "department": "export"},
        {"department": "sales"},
        {"owner": "bob", "department": "sales"},
    ),
}


@rows(PAIRS)
def test_fields_of_one_record(case, make_lead, cast, departments, ada):
    support = Department.objects.create(name="Support", country="RO")

    def written(values):
        people, places = vars(cast) | {None: None}, {**vars(departments), "support": support}
        known = {"owner": people, "department": places}
        return {name: known[name][value] if name in known else value for name, value in values.items()}

    lead = make_lead(city="Arad", country="RO", owner=cast.bob)
    record = changed(lead.pk, written(case.wrote))
    if case.since:
        changed(lead.pk, written(case.since))
    kept = {"lead": {reason: [lead.pk] for reason in case.kept}} if case.kept else {}
    ahead = preview_undo(record, ada)
    undone = revert_operation(record, by=ada)
    assert (ahead.kept, undone.kept) == (kept, kept)
    assert ahead.back["lead"] == undone.back["lead"] == ([lead.pk] if case.back else [])
    now = Lead.objects.get(pk=lead.pk)
    assert {name: getattr(now, name) for name in case.after} == written(case.after)


def test_a_department_goes_back_alone_although_the_same_change_gave_another_lead_an_owner(
    make_lead, cast, departments, ada
):
    alone, both = make_lead(owner=cast.bob), make_lead(owner=cast.bob)
    with operation("test", by=None, table="lead", changed=2) as record:
        write(alone.pk, {"department": departments.export})
        write(both.pk, {"department": departments.export, "owner": cast.dan})
    undone = revert_operation(record, by=ada)
    assert (undone.back["lead"], undone.kept) == ([alone.pk, both.pk], {})
    assert {*Lead.objects.values_list("department", "owner")} == {(departments.sales.pk, cast.bob.pk)}


class Guard(NamedTuple):
    """What happened since the change gave a lead of `owner` to another person."""

    owner: str
    left: str = ""
    since: str = ""
    after: str = ""
    kept: tuple[str, ...] = ()


OWNERS = {
    "the lead goes back to its owner": Guard("bob", after="bob"),
    "the lead isn't given to a person who has left": Guard(
        "bob", left="bob", after="ben", kept=("owner_left",)
    ),
    "the lead leaves a person who has left": Guard("bob", left="ben", after="bob"),
    "the lead that was assigned to a third person stays with them": Guard(
        "bob", since="dan", after="dan", kept=(SINCE,)
    ),
    "a lead of a person who has left, assigned to a third person, names why it can't go back": Guard(
        "bob", left="bob", since="dan", after="dan", kept=("owner_left",)
    ),
    "an unassigned lead is unassigned again": Guard("", after=""),
}


@rows(OWNERS)
def test_the_owner(case, make_lead, cast, ada):
    people = vars(cast) | {"": None}
    lead = make_lead(owner=people[case.owner])
    record = changed(lead.pk, {"owner": cast.ben})
    if case.since:
        changed(lead.pk, {"owner": people[case.since]})
    if case.left:
        type(ada).objects.filter(pk=people[case.left].pk).update(is_active=False)
    ahead = preview_undo(record, ada)
    if case.kept == ("owner_left",):
        # Nothing goes back now, so the change can be undone once the person is active again.
        with pytest.raises(UndoRefused, match=r"Reactivate \w+ first"):
            revert_operation(record, by=ada)
    else:
        assert set(revert_operation(record, by=ada).kept.get("lead", {})) == {*case.kept}
    assert set(ahead.kept.get("lead", {})) == {*case.kept}
    assert Lead.objects.get(pk=lead.pk).owner == people[case.after]
