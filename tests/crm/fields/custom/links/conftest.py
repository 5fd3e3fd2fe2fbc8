"""A link of leads to companies, with records of both."""

import pytest

from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS


def link(field, record, linked, *, by):
    """Let a record link to another one, or to none."""
    rows = type(record).objects.filter(pk=record.pk)
    return carry_out(KINDS[record.table].edit({field.name: linked and linked.pk}), rows, by=by)


def linked_pk(field, record):
    """The number of the record that this one links to, as it is stored."""
    held = type(record).objects.filter(pk=record.pk).values_list("custom_values__values", flat=True).get()
    return (held or {}).get(field.name)


@pytest.fixture
def field(make_field):
    """Leads link to the company that introduced them."""
    return make_field("Introduced by", "link", other_side="Introduced leads")


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia SRL", owner=bob)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def hidden(make_company, carla, departments):
    """A company of another department, which Bob doesn't see."""
    return make_company("Hidden GmbH", owner=carla, department=departments.export)
