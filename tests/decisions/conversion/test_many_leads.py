"""Of several leads that are converted at once: which ones are, by what their pipeline requires, and which custom values they pass on."""

import pytest

from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact, ConversionRules
from leads.models import Lead, Status
from leads.verbs import Edit

pytestmark = pytest.mark.django_db

# Whether the field of contacts is unique, the value that another contact has, those of the leads, and those of the new contacts.
VALUES = {
    "different ones": (True, "", ["7", "8"], ["7", "8"]),
    "the same one, which the first one keeps": (True, "", ["7", "7", "8"], ["7", "", "8"]),
    "the same one in another case": (True, "", ["Ab", "aB"], ["Ab", ""]),
    "only one has a value": (True, "", ["", "7"], ["", "7"]),
    "no one has a value": (True, "", ["", ""], ["", ""]),
    "the same one, where it needn't be unique": (False, "7", ["7", "7"], ["7", "7"]),
    "only one has a value, which needn't be unique": (False, "", ["7", ""], ["7", ""]),
}


@pytest.mark.parametrize(("unique", "taken", "has", "gets"), VALUES.values(), ids=VALUES)
def test_a_unique_value_stays_with_the_first_lead(
    unique, taken, has, gets, ann, make_lead, make_contact, make_field
):
    source, target = make_field("Number"), make_field("Badge", of="contact", is_unique=unique)
    with operation("test", by=None):
        ConversionRules(pk=1, mapping={source.name: {"contact": target.name}}).save()
    other = make_contact("Eva Rus", owner=ann)
    if taken:
        carry_out(KINDS["contact"].edit({target.name: taken}), Contact.objects.filter(pk=other.pk), by=ann)
    leads = [make_lead(f"Ana Albu{letter}", owner=ann) for letter, _value in zip("abc", has, strict=False)]
    for lead, value in zip(leads, has, strict=True):
        if value:
            carry_out(Edit({source.name: value}), Lead.objects.filter(pk=lead.pk), by=ann)
    ids = [lead.pk for lead in leads]
    assert carry_out(Convert(), Lead.objects.all(), by=ann, wanted=ids).changed == ids
    made = Contact.objects.exclude(pk=other.pk).order_by("pk")
    stored = [row.custom_values.values if hasattr(row, "custom_values") else {} for row in made]
    # Without a value, there is none, not an empty one.
    assert stored == [{target.name: value} if value else {} for value in gets]


# The pipeline, the status and the city of a lead, and whether it is converted, where the won status of Sales requires a city.
REQUIRED = {
    "an open one with the city": ("sales", "new", "Cluj", True),
    "an open one without it": ("sales", "new", "", False),
    "one that is won already": ("sales", "won", "", True),
    "one of a pipeline that requires nothing": ("renewals", "Talking", "", True),
    "one that is won there": ("renewals", "Renewed", "", True),
    "one of a pipeline without a won status": ("without", "Talking", "Cluj", False),
}


@pytest.mark.parametrize(("pipeline", "status", "city", "converts"), REQUIRED.values(), ids=REQUIRED)
def test_a_lead_has_what_the_won_status_of_its_pipeline_requires(
    pipeline, status, city, converts, ann, make_lead, renewals, statuses
):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.won.pk).update(required_fields=["city"])
        if pipeline == "without":
            Status.objects.filter(pipeline=renewals, kind="won").update(retired=True)
    found = Status.objects.get(key=status) if pipeline == "sales" else renewals.statuses.get(name=status)
    lead = make_lead("Ana Albu", owner=ann, status=found, city=city)
    assert carry_out(Convert(), Lead.objects.all(), by=ann, wanted=[lead.pk]).changed == [lead.pk] * converts
    lead.refresh_from_db()
    assert (lead.status.kind == "won") is (converts or found.kind == "won")
    assert lead.status.pipeline == found.pipeline


def test_a_conversion_says_which_records_it_has_added(ann, make_lead):
    leads = [
        make_lead(name, owner=ann, company=company) for name, company in (("Ana", "Omnia"), ("Eva", "Acme"))
    ]
    done = carry_out(Convert(), Lead.objects.all(), by=ann, wanted=[lead.pk for lead in leads]).operation
    added = {row.table: row.ids for row in done.verdicts.all() if row.table != Lead.table}
    assert added == {
        model.table: sorted(model.objects.values_list("pk", flat=True)) for model in (Company, Contact)
    }
    assert [len(ids) for ids in added.values()] == [2, 2]
