"""Which change a field of a record has its present value from."""

from crm.models import Change
from crm.records.history.value_sources import find_last_changes, last_changes_queryset
from crm.records.history.verb_execution import operation
from leads.models import Lead


def test_the_last_change_of_each_field_whatever_came_between(make_lead, make_company):
    lead, other = make_lead(city="Arad", country="RO"), make_lead()
    company = make_company(pk=lead.pk)
    steps = [
        {"city": "Cluj", "zip": "1"},
        {"country": "DE"},
        {"city": "Iasi"},
        {"zip": "2"},
        {"zip": "3", "city": "Brno"},
    ]
    for values in steps:
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(**values)
            Lead.objects.filter(pk=other.pk).update(city="Deva", phone="1")
            type(company).objects.filter(pk=company.pk).update(city=values.get("city", "Deva"), phone="1")
    updates = [*Change.objects.filter(table="lead", row=lead.pk, kind="update").order_by("pk")]
    assert len(updates) == len(steps)
    # The second one wrote the country, and the last one the rest.
    wanted = {updates[1].pk, updates[-1].pk}
    found = list(last_changes_queryset("lead", lead.pk))
    assert [change.pk for change in found] == sorted(wanted, reverse=True)
    by_field = find_last_changes(Change.objects.order_by("-pk"), "lead", lead.pk)
    assert find_last_changes(found, "lead", lead.pk) == by_field
    assert {name: change.pk for name, change in by_field.items() if name in ("city", "zip", "country")} == {
        "city": updates[-1].pk, "zip": updates[-1].pk, "country": updates[1].pk,
    }  # fmt: skip


def test_what_a_record_was_added_with_is_no_change(make_lead):
    lead = make_lead(city="Arad")
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).delete()
    assert list(last_changes_queryset("lead", lead.pk)) == []
