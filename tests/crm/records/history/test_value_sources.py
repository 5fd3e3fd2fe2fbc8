"""Which rule a field has its present value from: a table of changes, and what the page of a record says."""

from typing import NamedTuple

import pytest

from crm.models import Change, Operation
from crm.records.history.value_sources import find_last_changes, last_changes_queryset
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from leads import verbs
from leads.models import Lead

pytestmark = pytest.mark.django_db

AUTO, WEB = "automation", "web"


class Case(NamedTuple):
    """The changes of the city in their order: by whom each was; and whether the city is from the rule."""

    changes: tuple[tuple[str, dict], ...]
    from_rule: bool


CITY, ZIP = {"city": ["", "A"]}, {"zip": ["", "1"]}
CASES = {
    "by no one": Case((), False),
    "by the rule": Case(((AUTO, CITY),), True),
    "by a user": Case(((WEB, CITY),), False),
    "by the rule, then by a user": Case(((AUTO, CITY), (WEB, CITY)), False),
    "by a user, then by the rule": Case(((WEB, CITY), (AUTO, CITY)), True),
    "by the rule, then another field by a user": Case(((AUTO, CITY), (WEB, ZIP)), True),
    "by a user, then another field by the rule": Case(((WEB, CITY), (AUTO, ZIP)), False),
    "by the rule along with another field": Case(((AUTO, CITY | ZIP), (WEB, ZIP)), True),
    "by the rule, then emptied by a user": Case(((AUTO, CITY), (WEB, {"city": ["A", ""]})), False),
    "by the rule, undone": Case(((AUTO, CITY), ("undo", {"city": ["A", ""]})), False),
    "by a rule again after an undo": Case(((AUTO, CITY), ("undo", {"city": ["A", ""]}), (AUTO, CITY)), True),
}


def read(record, viewer, changes) -> dict:
    return (
        KINDS[record.table]
        .timeline(record, viewer, lambda done, _viewer: done.kind)
        .build_value_sources(changes)
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_last_change_of_a_field_decides(case, ann, make_lead):
    lead, last = make_lead(), None
    for version, (who, fields) in enumerate(case.changes, 2):
        values = {"channel": AUTO, "undoes": last} if who == "undo" else {"channel": who}
        last = Operation.objects.create(kind="test", **values)
        Change.objects.create(
            table="lead", row=lead.pk, version=version, kind="update", fields=fields, operation=last
        )
    every = Change.objects.of_row("lead", lead.pk).with_operations().newest_first()
    assert ("city" in read(lead, ann, every)) is case.from_rule
    assert read(lead, ann, last_changes_queryset("lead", lead.pk)) == read(lead, ann, every)


def test_changes_of_other_rows_say_nothing_of_the_record(make_lead):
    lead, other = make_lead(), make_lead()
    change = Change(table="lead", row=other.pk, kind="update", fields=CITY)
    assert find_last_changes([change], "lead", lead.pk) == {}
    assert (
        find_last_changes([Change(table="contact", row=lead.pk, kind="update", fields=CITY)], "lead", lead.pk)
        == {}
    )


def test_only_the_last_changes_of_the_fields_are_read(ann, make_lead):
    lead = make_lead()
    for number in range(5):
        carry_out(verbs.Edit({"city": f"City {number}"}), Lead.objects.filter(pk=lead.pk), by=ann)
    carry_out(verbs.Edit({"zip": "1"}), Lead.objects.filter(pk=lead.pk), by=ann)
    found = [set(change.diff) & {"city", "zip"} for change in last_changes_queryset("lead", lead.pk)]
    assert [columns for columns in found if columns] == [{"zip"}, {"city"}]
