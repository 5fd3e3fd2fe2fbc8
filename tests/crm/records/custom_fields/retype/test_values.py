"""Changing the type of a custom field: every value converts or nothing changes, and undo brings everything back."""

from datetime import date

import pytest

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.type_conversion import WantedType
from crm.models import CustomField
from crm.platform.web.transactions import Busy
from crm.records.custom_fields.retype.type_change import (
    RetypeRefused,
    build_conversion,
    change_field_type,
    check_conversion,
)
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.records.history.undo.test_every_verb import all_tables


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


def value(lead, field):
    return LeadValues.objects.get(record=lead).values.get(field.name)


def definition(field) -> CustomField:
    return CustomField.objects.get(pk=field.definition.pk)


@pytest.fixture
def filled(ada, make_lead, make_field):
    """filled("text", "12,5 t", "13") is a field of this type with leads that have these values, and the leads."""

    def made(type, *values, **options):
        field = make_field("Weight", type, **options)
        leads = [make_lead(f"Lead {place}", owner=ada) for place in range(len(values))]
        for lead, held in zip(leads, values, strict=True):
            edit(lead, ada, **{field.name: held})
        return field, leads

    return made


@pytest.mark.parametrize(
    ("old", "held", "wanted", "stored", "shown"),
    [
        ("text", "12,5 t", {"type": "number", "decimals": 1, "unit": "t"}, "12.5", "12.5 t"),
        ("text", "1.234,50", {"type": "money", "unit": "EUR"}, "1234.50", "1,234.50 EUR"),
        ("text", "05.06.2026", {"type": "date"}, "2026-06-05", "5 Jun 2026"),
        ("text", "05.06.2026", {"type": "date", "day_first": False}, "2026-05-06", "6 May 2026"),
        ("text", "Da", {"type": "yes_no"}, True, "yes"),
        ("text", "nu", {"type": "yes_no"}, False, "no"),
        ("text", "Maths", {"type": "choice"}, "o1", "Maths"),
        ("text", "Maths, Music", {"type": "choices"}, ["o1", "o2"], "Maths, Music"),
        ("text", "4", {"type": "rating"}, 4, "4"),
        ("text", "Ana@Example.com", {"type": "email"}, "Ana@Example.com", "Ana@Example.com"),
        ("text", "ada@example.com", {"type": "user"}, "ada", "Ada"),
        ("number", 1250, {"type": "text"}, "1250", "1250"),
        ("date", date(2026, 5, 1), {"type": "text"}, "2026-05-01", "2026-05-01"),
        ("yes_no", True, {"type": "text"}, "yes", "yes"),
        ("rating", 3, {"type": "number"}, "3", "3"),
    ],
)
def test_values_are_read_as_an_import_reads_them(old, held, wanted, stored, shown, ada, filled):
    field, (lead,) = filled(old, held)
    change_field_type(definition(field), WantedType(**wanted), by=ada)
    now = get_custom_field("lead", field.name)
    stored = ada.pk if stored == "ada" else stored
    assert value(lead, field) == stored
    assert now.type.format_value(now, now.to_python(stored), ada).replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("old", "held", "wanted", "reason"),
    [
        ("text", "12.345", {"type": "number", "decimals": 1, "decimal": "."}, "decimal place"),
        ("text", "2026-05-01 10:30", {"type": "date"}, "A date can’t keep the time."),
        ("text", "4.5", {"type": "rating"}, "whole number"),
        ("text", "9", {"type": "rating"}, "5"),
        ("text", "perhaps", {"type": "yes_no"}, "Enter yes or no."),
        ("text", "x" * 101, {"type": "choice"}, "A choice can have up to 100 characters."),
        ("long_text", "one\ntwo", {"type": "text"}, "line"),
    ],
)
def test_a_value_that_would_lose_something_does_not_convert(old, held, wanted, reason, ada, filled):
    field, (_lead,) = filled(old, held)
    before = all_tables()
    found = check_conversion(build_conversion(definition(field), WantedType(**wanted), ada))
    assert (found.converting, found.failing) == (0, 1)
    assert reason in found.failures[0][1]
    with pytest.raises(RetypeRefused, match="The value of 1 record"):
        change_field_type(definition(field), WantedType(**wanted), by=ada)
    assert all_tables() == before


def test_undo_brings_back_definition_and_values_exactly_and_its_undo_the_new_ones(ada, filled):
    field, _leads = filled("text", "12,5", "12.5", "7", "12,5", first_value="3,5")
    before = all_tables()
    done = change_field_type(definition(field), WantedType(type="number", decimals=1), by=ada)
    after = all_tables()
    assert after != before
    assert definition(field).first_value == "3.5"
    back = revert_operation(done, by=ada)
    assert all_tables() == before
    revert_operation(back.operation, by=ada)
    assert all_tables() == after


def test_choices_are_made_from_the_values_without_regard_to_case_and_undo_restores_the_texts(ada, filled):
    field, leads = filled("text", "Maths", "maths", "Music", "Maths")
    before = all_tables()
    done = change_field_type(definition(field), WantedType(type="choice"), by=ada)
    assert [choice["name"] for choice in definition(field).choices] == ["Maths", "Music"]
    assert [value(lead, field) for lead in leads] == ["o1", "o1", "o2", "o1"]
    revert_operation(done, by=ada)
    assert all_tables() == before


def test_undo_keeps_values_entered_since_and_counts_them(ada, filled, make_lead):
    field, (first, second) = filled("text", "1,5", "2,5")
    done = change_field_type(definition(field), WantedType(type="number", decimals=1), by=ada)
    new = make_lead(owner=ada)
    edit(second, ada, **{field.name: 9})
    edit(new, ada, **{field.name: 4})
    undone = revert_operation(done, by=ada)
    assert [value(lead, field) for lead in (first, second, new)] == ["1,5", "9", "4"]
    assert undone.kept["lead"] == {"changed_since": [second.pk]}


def test_values_entered_since_get_the_type_that_the_field_has_again(ada, filled, make_lead):
    field, _leads = filled("choice", "o1", choices=["Maths", "Music"])
    done = change_field_type(definition(field), WantedType(type="text"), by=ada)
    old, new = make_lead(owner=ada), make_lead(owner=ada)
    edit(old, ada, **{field.name: "music"})
    edit(new, ada, **{field.name: "Chess"})
    revert_operation(done, by=ada)
    assert [value(lead, field) for lead in (old, new)] == ["o2", "o3"]
    assert [choice["name"] for choice in definition(field).choices] == ["Maths", "Music", "Chess"]


def test_an_undo_is_refused_while_a_value_entered_since_does_not_fit_the_previous_type(
    ada, filled, make_lead
):
    field, _leads = filled("number", 5)
    done = change_field_type(definition(field), WantedType(type="text"), by=ada)
    edit(make_lead(owner=ada), ada, **{field.name: "many"})
    before = all_tables()
    with pytest.raises(UndoRefused, match="The value of 1 record, entered since"):
        revert_operation(done, by=ada)
    assert all_tables() == before


def test_a_change_of_type_is_undone_in_the_order_of_the_changes(ada, filled):
    field, _leads = filled("text", "5,0")
    first = change_field_type(definition(field), WantedType(type="number", decimals=1), by=ada)
    change_field_type(definition(field), WantedType(type="money"), by=ada)
    with pytest.raises(UndoRefused, match="changed again"):
        revert_operation(first, by=ada)


def test_undo_of_an_older_edit_does_not_put_a_text_into_a_number(ada, filled):
    field, (lead,) = filled("text", "several")
    older = edit(lead, ada, **{field.name: "12"})
    done = change_field_type(definition(field), WantedType(type="number"), by=ada)
    undone = revert_operation(older.operation, by=ada)
    assert value(lead, field) == "12"
    assert undone.kept["lead"] == {"type_changed": [lead.pk]}
    # With the text back, the older edit can be undone like any other.
    assert revert_operation(done, by=ada).operation
    assert value(lead, field) == "12"


def test_a_value_read_before_the_change_of_type_is_not_written_after_it(ada, bob, filled, make_lead):
    field, _leads = filled("text", "5")
    lead = make_lead(owner=bob)
    change_field_type(definition(field), WantedType(type="number"), by=ada)
    with pytest.raises(Busy):
        edit(lead, bob, **{field.name: "many"})
    assert not LeadValues.objects.filter(record=lead).exists()


def test_two_administrators_at_once_one_is_refused_and_nothing_is_lost(ada, filled):
    field, _leads = filled("text", "5")
    read_before = definition(field)
    change_field_type(definition(field), WantedType(type="number"), by=ada)
    before = all_tables()
    with pytest.raises(RetypeRefused, match="The field was changed in the meantime"):
        change_field_type(read_before, WantedType(type="choice"), by=ada)
    assert all_tables() == before


def test_values_in_trash_convert_too(ada, filled):
    field, (lead,) = filled("text", "5,5")
    from crm.records.history.verbs import Delete

    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    assert (
        check_conversion(
            build_conversion(definition(field), WantedType(type="number", decimals=1), ada)
        ).converting
        == 1
    )
    change_field_type(definition(field), WantedType(type="number", decimals=1), by=ada)
    assert value(lead, field) == "5.5"


def test_the_timeline_shows_old_values_with_the_type_of_their_time(ada, filled, sign_in):
    field, (first, second) = filled("choice", "o1", "o2", choices=["Maths", "12"])
    browser = sign_in(ada)
    edit(first, ada, **{field.name: "o2"})
    change_field_type(definition(field), WantedType(type="text"), by=ada)
    change_field_type(definition(field), WantedType(type="number"), by=ada)
    page = browser.get(f"/admin/leads/{first.pk}").text
    assert "Maths" in page
    assert "Change the type of custom field Weight" not in page
    assert browser.get(f"/admin/leads/{second.pk}").status_code == 200


def test_the_timeline_has_no_line_for_a_value_that_looks_the_same(ada, filled, sign_in):
    field, (same, other) = filled("text", "12.5", "12,5")
    change_field_type(definition(field), WantedType(type="number", decimals=1), by=ada)
    browser = sign_in(ada)
    assert "Change the type of custom field Weight" not in browser.get(f"/admin/leads/{same.pk}").text
    assert "Change the type of custom field Weight" in browser.get(f"/admin/leads/{other.pk}").text


def test_a_key_of_an_earlier_choice_never_gets_another_meaning(ada, filled):
    field, (lead,) = filled("choice", "o2", choices=["Maths", "Music"])
    change_field_type(definition(field), WantedType(type="text"), by=ada)
    change_field_type(definition(field), WantedType(type="choice"), by=ada)
    assert definition(field).choices == [{"key": "o3", "name": "Music"}]
    assert value(lead, field) == "o3"
