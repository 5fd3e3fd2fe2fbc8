"""Records as they were after a change: columns, custom values and scope of then, over unchanged statements."""

import pytest
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from automations.trial.past_records import Moment, fetch_past_rows, split_into_statements
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.models import Change
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead

pytestmark = pytest.mark.django_db


def change(lead, by, **values):
    return carry_out(KINDS["lead"].edit(values), Lead.objects.filter(pk=lead.pk), by=by).operation


def moments_of(*leads) -> list[Moment]:
    """All changes of these leads, the oldest first."""
    rows = Change.objects.filter(table="lead", row__in=[lead.pk for lead in leads]).order_by("id")
    return [Moment(row.row, row.pk, row.operation_id) for row in rows]


def read(moment: Moment, *names: str) -> tuple:
    (row,) = fetch_past_rows(Lead.objects.values_list(*names), [moment])
    return row


def test_a_record_is_read_with_the_values_after_each_of_its_changes(ada, make_lead):
    lead = make_lead("Jan Novák", city="Brno", country="CZ")
    change(lead, ada, city="Cluj")
    change(lead, ada, city="", country="RO")
    change(lead, ada, city="Iași")
    cities = [read(moment, "city", "country") for moment in moments_of(lead)]
    assert cities == [("Brno", "CZ"), ("Cluj", "CZ"), ("", "RO"), ("Iași", "RO")]


def test_all_that_the_waking_operation_wrote_counts(ada, lead_of):
    with operation("test", by=None):
        lead = lead_of("Jan", city="Brno")
        lead.save(force_insert=True)
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
    change(lead, ada, city="Iași")
    assert read(moments_of(lead)[0], "city") == ("Cluj",)


def test_an_empty_value_of_then_is_empty_again(ada, bob, make_lead):
    lead = make_lead(owner=None)
    change(lead, ada, owner=bob)
    owners = [read(moment, "owner") for moment in moments_of(lead)]
    assert owners == [(None,), (bob.pk,)]


def test_custom_values_are_those_of_then(ada, make_lead, make_field):
    field = make_field("Grade")
    lead = make_lead()
    change(lead, ada, **{field.name: "A"})
    change(lead, ada, **{field.name: "B"})
    change(lead, ada, **{field.name: ""})
    rows = annotate_custom_values(Lead.objects.all(), [field.name]).values_list(field.name)
    grades = [fetch_past_rows(rows, [moment])[0][0] or "" for moment in moments_of(lead)]
    assert grades == ["", "A", "B", ""]


def test_conditions_and_scope_are_judged_over_the_rows_of_then(ada, bob, ben, make_lead):
    """Subqueries on the same table too."""
    lead = make_lead("Jan", owner=bob, city="Brno")
    change(lead, ada, owner=ben, city="Cluj")
    first, second = moments_of(lead)
    same = Lead.objects.filter(pk=OuterRef("pk"), city="Brno")
    met = Case(When(Exists(same), then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = Lead.objects.filter(Q(city="Brno") | Q(city="Cluj")).annotate(met=met)
    assert [fetch_past_rows(rows.values_list("met"), [one]) for one in (first, second)] == [
        [(True,)],
        [(False,)],
    ]
    his = Lead.objects.changeable_by(bob).values_list("pk")
    assert [fetch_past_rows(his, [one]) for one in (first, second)] == [[(lead.pk,)], []]


def test_other_records_are_not_read(make_lead):
    lead, _other = make_lead("Jan Novák"), make_lead("Ana Albu")
    assert fetch_past_rows(Lead.objects.values_list("last_name"), moments_of(lead)) == [("Novák",)]


def test_a_set_that_can_have_no_rows_has_none(make_lead):
    assert fetch_past_rows(Lead.objects.none().values_list("pk"), moments_of(make_lead())) == []


def test_a_record_that_was_deleted_permanently_is_not_there(make_lead):
    lead = make_lead()
    moments = moments_of(lead)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).delete()
    assert fetch_past_rows(Lead.objects.values_list("pk"), moments) == []


def test_moments_of_one_record_are_in_different_statements(monkeypatch):
    monkeypatch.setattr("automations.trial.past_records.ROWS_AT_ONCE", 2)
    moments = [Moment(record, change, None) for change, record in enumerate([1, 2, 1, 3, 1, 2])]
    parts = [[(one.record, one.change) for one in part] for part in split_into_statements(moments)]
    assert parts == [[(1, 0), (2, 1)], [(3, 3)], [(1, 2), (2, 5)], [(1, 4)]]
    with pytest.raises(ValueError, match="one moment"):
        fetch_past_rows(Lead.objects.values_list("pk"), moments)
