"""Custom values of leads: recorded, counted in the version, undone value by value, and never lost."""

import datetime
from decimal import Decimal

import pytest

from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.models import Change
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.records.history.verbs.add import add_records
from crm.records.history.verbs.delete import Purge
from leads.models import Lead, LeadValues
from leads.verbs import Add, Edit


def custom(lead) -> Lead:
    """The lead as it is now, with its custom values."""
    found = annotate_all_values(Lead.objects.all()).get(pk=lead.pk)
    attach_custom_values([found])
    return found


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


def test_an_edit_records_each_custom_value_and_counts_in_the_version(ann, make_lead, make_field):
    course, seats = make_field("Course"), make_field("Seats", "number")
    lead = make_lead(owner=ann)
    edit(lead, ann, **{course.name: "Maths", seats.name: Decimal("12")})
    now = custom(lead)
    assert (getattr(now, course.name), getattr(now, seats.name)) == ("Maths", Decimal("12"))
    change = Change.objects.of_row("lead", lead.pk).latest("id")
    assert change.fields == {course.name: [None, "Maths"], seats.name: [None, "12"]}
    assert change.version == now.version == lead.version + 1


def test_one_edit_of_own_and_custom_fields_is_one_operation_that_undo_reverts(ann, make_lead, make_field):
    course = make_field("Course")
    lead = make_lead(owner=ann, city="Iași")
    edit(lead, ann, **{course.name: "Maths"})
    outcome = edit(lead, ann, **{course.name: "Music", "city": "Cluj"})
    now = custom(lead)
    assert (now.city, getattr(now, course.name)) == ("Cluj", "Music")
    undone = revert_operation(outcome.operation, by=ann)
    now = custom(lead)
    assert (now.city, getattr(now, course.name)) == ("Iași", "Maths")
    assert undone.back_count == 1


def test_an_edit_that_sets_what_is_there_changes_nothing(ann, make_lead, make_field):
    fields = {
        make_field("Course").name: "Maths",
        make_field("Seats", "number", decimals=2).name: Decimal("1.50"),
        make_field("Begin", "date").name: datetime.date(2026, 5, 1),
        make_field("Paid", "yes_no").name: False,
        make_field("Levels", "choices", choices=["A1", "B2"]).name: ["o1", "o2"],
        make_field("Stars", "rating").name: 4,
    }
    lead = make_lead(owner=ann)
    assert len(edit(lead, ann, **fields).changed) == 1
    assert len(edit(lead, ann, **fields).unchanged) == 1
    empty = dict.fromkeys(fields) | {next(iter(fields)): ""}
    assert len(edit(lead, ann, **empty).changed) == 1
    assert len(edit(lead, ann, **empty).unchanged) == 1
    assert LeadValues.objects.get(record=lead).values == {}


def test_undo_keeps_a_custom_value_that_was_changed_since_and_reverts_the_others(ann, make_lead, make_field):
    course, level = make_field("Course"), make_field("Level")
    lead = make_lead(owner=ann)
    first = edit(lead, ann, **{course.name: "Maths", level.name: "A1"})
    edit(lead, ann, **{level.name: "B2"})
    undone = revert_operation(first.operation, by=ann)
    now = custom(lead)
    assert (getattr(now, course.name), getattr(now, level.name)) == ("", "B2")
    assert undone.kept["lead"] == {"changed_since": [lead.pk]}


def test_an_undo_of_custom_values_can_be_undone(ann, make_lead, make_field):
    course = make_field("Course")
    lead = make_lead(owner=ann)
    done = edit(lead, ann, **{course.name: "Maths"})
    back = revert_operation(done.operation, by=ann)
    assert getattr(custom(lead), course.name) == ""
    revert_operation(back.operation, by=ann)
    assert getattr(custom(lead), course.name) == "Maths"


def test_custom_values_of_a_new_lead_are_part_of_adding_it(ann, departments, statuses, sources, make_field):
    course = make_field("Course")
    values = {
        "first_name": "Ana",
        "department": departments.sales,
        "status": statuses.new,
        "source": sources.website,
        course.name: "Maths",
    }
    (lead,) = add_records(
        Add(
            Lead,
            [
                values,
            ],
        ),
        by=ann,
    )
    now = custom(lead)
    assert getattr(now, course.name) == "Maths"
    assert now.version == 1
    assert Change.objects.of_row("lead", lead.pk).count() == 1


def test_purging_a_lead_keeps_its_custom_values_in_the_history_and_undo_brings_them_back(
    ada, make_lead, make_field
):
    course = make_field("Course")
    lead = make_lead(owner=ada)
    edit(lead, ada, **{course.name: "Maths"})
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    purged = carry_out(Purge(), Lead.objects.filter(pk=lead.pk), by=ada)
    assert not LeadValues.objects.filter(record=lead.pk).exists()
    revert_operation(purged.operation, by=ada)
    assert getattr(custom(lead), course.name) == "Maths"


def test_custom_values_cannot_be_written_outside_an_operation(make_lead, make_field):
    course = make_field("Course")
    lead = make_lead()
    with pytest.raises(Exception, match="outside an operation"):
        LeadValues.objects.create(record=lead, values={course.name: "Maths"})


def test_a_bulk_edit_of_many_leads_writes_their_custom_values_at_once(
    ann, make_lead, make_field, django_assert_max_num_queries
):
    course = make_field("Course")
    leads = [make_lead(f"Ana {number}", owner=ann) for number in range(5)]
    edit(leads[0], ann, **{course.name: "Maths"})
    edit(leads[1], ann, **{course.name: "Music"})
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    with django_assert_max_num_queries(26):
        outcome = carry_out(Edit({course.name: "Music"}), rows, by=ann)
    assert (len(outcome.changed), len(outcome.unchanged)) == (4, 1)
    assert {getattr(custom(lead), course.name) for lead in leads} == {"Music"}
    revert_operation(outcome.operation, by=ann)
    assert [getattr(custom(lead), course.name) for lead in leads] == ["Maths", "Music", "", "", ""]


def test_no_and_zero_are_answers_on_the_page_of_a_lead(ann, make_lead, make_field, sign_in):
    paid, seats, level = make_field("Paid", "yes_no"), make_field("Seats", "number"), make_field("Level")
    lead = make_lead(owner=ann)
    edit(lead, ann, **{paid.name: False, seats.name: Decimal(0)})
    facts = {fact.name: fact for fact in sign_in(ann).get(f"/admin/leads/{lead.pk}").context["facts"]}
    assert not facts[paid.name].empty
    assert not facts[seats.name].empty
    assert facts[level.name].empty
    assert facts[level.name].folded
