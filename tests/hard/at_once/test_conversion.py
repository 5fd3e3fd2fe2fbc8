"""Conversion under races: two people on one lead, two leads of one new company, a match that is deleted meanwhile."""

import time

import pytest
from django.db import transaction

from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from customers.conversion.conversion_plan import NEW, ConversionPlan
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact
from leads.models import Lead
from leads.verbs import Move
from tests.crossing import crossed
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.hard.many import many_leads

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]


def converted(user, *leads, chosen=None):
    rows = Lead.objects.present().changeable_by(user)
    return lambda: carry_out(Convert(chosen or {}), rows, by=user, wanted=[lead.pk for lead in leads])


def test_two_people_convert_one_lead_and_the_second_is_told(make_lead, ann, oscar):
    lead = make_lead("Ana Albu", company="Omnia", email="ana@omnia.example")
    outcomes = in_threads(converted(ann, lead), converted(oscar, lead))
    assert sorted(len(outcome.changed) for outcome in outcomes) == [0, 1]
    assert [outcome.refused for outcome in outcomes if outcome.refused] == [{"converted": [lead.pk]}]
    assert (Company.objects.count(), Contact.objects.count()) == (1, 1)


def test_two_leads_of_one_new_company_converted_at_once_share_it(make_lead, ann, oscar):
    first = make_lead("Ana Albu", company="Omnia", email="ana@omnia.example")
    second = make_lead("Ion Pop", company="Omnia", email="ion@omnia.example")
    in_threads(converted(ann, first), converted(oscar, second))
    assert Company.objects.count() == 1
    assert Contact.objects.filter(company=Company.objects.get()).count() == 2


def test_a_match_that_is_deleted_during_the_conversion_is_refused(make_lead, make_company, ann, ada):
    company = make_company("Omnia", owner=ann)
    lead = make_lead("Ana Albu", company="Omnia")

    def delete():
        carry_out(Delete(), Company.objects.filter(pk=company.pk), by=ada)

    outcome = crossed(delete, converted(ann, lead, chosen={lead.pk: ConversionPlan(company.pk, NEW)}))
    assert outcome.refused == {"match_gone": [lead.pk]}
    assert not Contact.objects.exists()
    assert Lead.objects.get(pk=lead.pk).client is None


def test_a_conversion_that_waits_for_a_lead_and_one_that_has_it_never_wait_for_each_other(
    make_lead, ann, oscar, statuses
):
    """The page locks the lead before the verb runs; a bulk conversion locks many."""
    leads = [make_lead(f"P{number} Pop", company=f"C{number}") for number in range(8)]

    def page(lead):
        def run():
            with transaction.atomic():
                Lead.objects.changeable_by(ann).lock_one(lead.pk)
                time.sleep(0.05)
                return carry_out(Move(statuses.won), Lead.objects.filter(pk=lead.pk), by=ann)

        return run

    outcomes = in_threads(converted(oscar, *leads), page(leads[3]), page(leads[5]), converted(ann, leads[4]))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert Company.objects.count() == 8
    assert not Lead.objects.not_converted().exists()


@pytest.mark.nightly
def test_ten_thousand_leads_are_converted_within_seconds(departments, statuses, sources, ada):
    ids = many_leads(10_000, departments.sales, statuses.new, sources.other)
    begun = time.monotonic()
    outcome = carry_out(Convert(), Lead.objects.present(), by=ada, wanted=ids)
    seconds = time.monotonic() - begun
    assert len(outcome.changed) == 10_000
    assert seconds < 40, f"{10_000 / seconds:.0f} a second beside other tests"
