"""What is written and read of custom values: which names are those of fields, which records have a value, and who waits."""

import pytest
from django.db import connections, transaction

from crm.fields.custom.values.stored_values import (
    annotate_all_values,
    attach_custom_values,
    count_filled_values,
    lock_types,
    split_custom_values,
)
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from leads.models import Lead
from leads.verbs import Edit

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


def test_the_name_of_a_field_of_another_record_type_is_no_custom_value(make_field):
    course, founded = make_field("Course"), make_field("Founded", of="company")
    values = {"city": "Cluj", course.name: "Maths", founded.name: "1990"}
    assert split_custom_values("lead", values) == (
        {"city": "Cluj", founded.name: "1990"},
        {course.name: "Maths"},
    )
    assert split_custom_values("lead", {"city": "Cluj"}) == ({"city": "Cluj"}, {})


def test_only_the_named_values_are_attached(make_field, make_lead, ada):
    course, level = make_field("Course"), make_field("Level")
    edit(make_lead(), ada, **{course.name: "Maths", level.name: "High"})
    (lead,) = annotate_all_values(Lead.objects.all())
    attach_custom_values([lead], [level.name])
    assert (getattr(lead, level.name), hasattr(lead, course.name)) == ("High", False)
    attach_custom_values([lead])
    assert getattr(lead, course.name) == "Maths"


def test_records_are_counted_that_have_a_value_in_this_field(make_field, make_lead, ada):
    course, level = make_field("Course"), make_field("Level")
    for values in ({course.name: "Maths"}, {course.name: "Music", level.name: "High"}, {level.name: "Low"}):
        edit(make_lead(), ada, **values)
    removed = make_lead()
    edit(removed, ada, **{course.name: "Maths"})
    carry_out(Delete(), Lead.objects.filter(pk=removed.pk), by=ada)
    counts = [count_filled_values(course.definition, everywhere=everywhere) for everywhere in (False, True)]
    assert (counts, count_filled_values(level.definition)) == ([2, 3], 2)


@pytest.mark.parametrize("alone", [False, True])
def test_values_are_written_at_the_same_time_unless_a_field_changes_its_type(alone):
    with transaction.atomic():
        lock_types(**({"alone": True} if alone else {}))
        with connections["progress"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock_shared(hashtext('leadwell.types'), 0)")
            assert cursor.fetchone() == (not alone,)
