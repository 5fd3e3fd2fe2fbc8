"""No undo lets a condition fall away unnoticed: a field in use is never shown for values of one that isn't."""

import pytest

from crm.models import CustomField, Operation
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.undo.field_reversal import preview_undo, revert_operation


def change(field, by, **values) -> Operation:
    with record_settings_change("edit_custom_field", by=by) as record:
        CustomField.objects.filter(pk=field.definition.pk).update(**values)
    return record


@pytest.fixture
def course(make_field):
    return make_field("Course", "choice", choices=["A", "B"])


@pytest.fixture
def room(make_field):
    return make_field("Room")


def on(course) -> dict:
    return {"field": course.name, "values": ["o1"]}


def kept(record, by) -> None:
    """The preview of the undo says why the field stays as it is, and it does."""
    reason = {"decider_not_in_use"}
    assert set(preview_undo(record, by).kept["custom_field"]) == reason
    assert set(revert_operation(record, by=by).kept["custom_field"]) == reason


def test_a_field_that_decides_by_now_is_not_retired_again(ada, course, room):
    change(course, ada, retired=True)
    back = change(course, ada, retired=False)
    change(room, ada, shown_if=on(course))
    kept(back, ada)
    assert not CustomField.objects.get(pk=course.definition.pk).retired


def test_a_condition_on_a_field_that_was_retired_since_does_not_come_back(ada, course, room):
    change(room, ada, shown_if=on(course))
    always = change(room, ada, shown_if={})
    change(course, ada, retired=True)
    kept(always, ada)
    assert CustomField.objects.get(pk=room.definition.pk).shown_if == {}


def test_a_field_whose_decider_was_retired_since_stays_retired(ada, course, room):
    change(room, ada, shown_if=on(course))
    retired = change(room, ada, retired=True)
    change(course, ada, retired=True)
    kept(retired, ada)
    assert CustomField.objects.get(pk=room.definition.pk).retired


def test_other_retirements_and_conditions_are_undone_as_before(ada, course, room):
    retired = change(room, ada, retired=True)
    revert_operation(retired, by=ada)
    revert_operation(change(room, ada, shown_if=on(course)), by=ada)
    row = CustomField.objects.get(pk=room.definition.pk)
    assert (row.retired, row.shown_if) == (False, {})
