"""Whose undo is refused or leaves something as it is: of a part, of closed fields, of settings, and of values of another type."""

from copy import copy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from crm.fields.custom.values.field_registry import get_field_by_key
from crm.models import Activity, Change, CustomField, Operation, Template
from crm.records.custom_fields.undo import _may_revert_field
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_needed_permissions, get_undo_obstacle
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.verb_execution import carry_out, operation
from leads.models import AssignmentRule, Lead, LeadValues
from leads.verbs import Edit
from tests.decisions.undo.test_guards import ALL, LARGE, Of, made

pytestmark = pytest.mark.django_db


def test_a_part_is_undone_only_as_a_part_of_the_undo_of_the_whole(cast):
    found = made({"change": LARGE, "undo": Of("change", 2)}, by=cast.ann)
    part = found["change"].parts.first()
    with pytest.raises(UndoRefused, match="This is one part of a larger change"):
        revert_operation(part, by=cast.ann)
    undone = revert_operation(part, by=cast.ann, part={"part_of": found["undo"], "part": 1})
    assert undone.operation.part_of == found["undo"]


def test_an_undo_without_a_field_that_the_user_may_edit_is_refused_unless_it_is_a_part(closed, ada, ben):
    kind, row, field = closed
    record = carry_out(kind.edit({field.name: "B"}), kind.model.objects.filter(pk=row.pk), by=ada).operation
    own = carry_out(kind.edit({field.name: "C"}), kind.model.objects.filter(pk=row.pk), by=ada).operation
    Operation.objects.filter(pk=own.pk).update(by=row.owner)
    own.refresh_from_db()
    with pytest.raises(UndoRefused, match="Only other roles can edit the fields that it changed"):
        revert_operation(own, by=row.owner)
    whole = Operation.objects.create(kind="undo", undoes=record, part_count=1)
    assert revert_operation(own, by=row.owner, part={"part_of": whole, "part": 1}).has_closed_fields


def test_an_undo_says_nothing_of_records_that_it_does_not_touch(cast, departments, make_lead):
    lead = make_lead(owner=cast.bob)
    make_lead(owner=cast.dan, department=departments.export, shared=True)
    make_lead(owner=cast.dan, department=departments.export)
    record = carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=cast.bob).operation
    ahead = preview_undo(record, cast.bob)
    undone = revert_operation(record, by=cast.bob)
    assert ahead.back == undone.back == {"lead": [lead.pk]}
    assert ahead.kept == undone.kept == {}


def test_an_administrator_undoes_a_colleagues_change_of_settings(ada, ann, someone_with, sources):
    with operation("test", by=ann, table="source", changed=1) as record:
        type(sources.website).objects.filter(pk=sources.website.pk).update(name="Our website")
    assert get_undo_obstacle(record, ada) == ""
    # The permission alone is about one's own changes.
    eve = someone_with("change_source", "view_source")
    assert get_undo_obstacle(record, eve) == ALL


@pytest.mark.parametrize("retyped", [True, False], ids=["a field got another type", "no field did"])
def test_a_value_of_another_type_is_not_put_back(retyped, make_field, make_lead, ada, monkeypatch):
    course, plan = make_field("Course"), make_field("Plan")
    pk = make_lead().pk
    with operation("test", by=ada, table="lead", matched=1, changed=1) as record:
        LeadValues.objects.create(record_id=pk, values={course.name: "Maths"})
        LeadValues.objects.filter(record=pk).update(values={course.name: "Maths", plan.name: "Gold"})

    def with_earlier_types(key: str) -> Any:
        field = copy(get_field_by_key(key))
        field.earlier = [SimpleNamespace(change=0, operation=0)] if retyped and key == course.name else []
        return field

    def same_type_since(field: Any, operation: int, change: int) -> bool:
        assert (operation, change) == (record.pk, last)
        return field.name == plan.name

    last = Change.objects.filter(operation=record).latest("id").pk
    monkeypatch.setattr("crm.records.custom_fields.undo.get_field_by_key", with_earlier_types)
    # It isn't asked if no field had another type.
    monkeypatch.setattr("crm.records.custom_fields.undo.had_same_type_since", same_type_since)
    assert revert_operation(record, by=ada).kept == ({"lead": {"type_changed": [pk]}} if retyped else {})
    left = LeadValues.objects.filter(record=pk).values_list("values", flat=True)
    assert [values for values in left if values] == ([{course.name: "Maths"}] if retyped else [])


def test_a_colleague_undoes_a_change_only_if_they_may_change_all_of_it(ann, ben, someone_with):
    eve = someone_with("change_template", "view_template")
    with operation("test", by=None):
        own, other = (Template.objects.create(name=user.name, owner=user) for user in (eve, ben))
    for templates, says in (([own], ""), ([own, other], ALL)):
        with operation("test", by=ann, table="template", changed=len(templates)) as record:
            Template.objects.filter(pk__in=[one.pk for one in templates]).update(text="Hello")
        assert get_undo_obstacle(record, eve) == says
        with operation("test", by=None):
            Template.objects.update(text="")


def test_a_change_of_a_table_that_is_no_longer_there_requires_no_permission():
    assert (
        get_needed_permissions(Operation(kind="a kind that is no longer there", table="no longer there"))
        == set()
    )


TOLD = {
    "only the kind of the change": ({"lead": [1]}, {}, ["lead"]),
    "the kind of the change comes first": ({"company": [2], "lead": [1]}, {}, ["lead", "company"]),
    "a kind of which nothing is touched": ({"lead": [1], "company": []}, {}, ["lead"]),
    "a kind that keeps something": ({"lead": [1]}, {"company": {"hidden": [2]}}, ["lead", "company"]),
    "settings beside records": ({"lead": [1], "tag": [3]}, {}, ["lead"]),
    "settings alone": ({"tag": [3]}, {}, ["tag"]),
    "nothing": ({"lead": []}, {}, []),
}


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
def test_which_kinds_of_records_an_undo_names(case):
    back, kept, tables = case
    assert UndoResult("lead", back, kept).reported_tables == tables


def test_a_value_goes_back_with_its_own_definition_not_with_that_of_another_field(closed, make_field, ada):
    kind, row, field = closed
    other = make_field("Other", of=kind.name)
    found = []
    for changed in (other, field):
        with operation("test", by=ada) as record:
            CustomField.objects.filter(pk=changed.definition.pk).update(help="Since 2026")
        found.append(_may_revert_field(record, field.name, row.owner))
    assert found == [False, True]


def test_a_list_of_words_goes_back_as_a_whole(ada, departments):
    """Unlike tags, which go back one by one."""
    with operation("test", by=None):
        rule = AssignmentRule.objects.create(
            name="Team", position=1, ways=["form", "api"], assigns_to="in_turn", department=departments.sales
        )
    rows = AssignmentRule.objects.filter(pk=rule.pk)
    with operation("test", by=ada, table="assignment_rule", matched=1, changed=1) as record:
        rows.update(ways=["manual"])
    assert revert_operation(record, by=ada).back == {"assignment_rule": [rule.pk]}
    assert rows.get().ways == ["form", "api"]


def test_an_undo_leaves_times_of_contact_to_the_activities(ada, make_lead):
    lead = make_lead()
    calls = {"of": "lead", "record": lead.pk, "type": "call", "outcome": "reached"}
    now = timezone.now()
    with operation("test", by=ada, matched=1, changed=1) as record:
        call = Activity.objects.create(**calls, at=now - timedelta(hours=2))
    with operation("test", by=None):
        Activity.objects.create(**calls, at=now - timedelta(hours=1))
    undone = revert_operation(record, by=ada)
    # The later call has changed the last contact since, and it's the first one now.
    assert (undone.back.get("activity"), undone.kept) == ([call.pk], {})
    lead.refresh_from_db()
    assert lead.first_contacted_at == lead.last_contacted_at == now - timedelta(hours=1)
