"""Files that a conversion copies from a lead to the company that it becomes: one file, named by both."""

import pytest

from crm.models import ValueFile
from crm.records.history.verb_execution import operation
from customers.models import Company, ConversionRules
from privacy.person import Person
from privacy.person_erasure import erase_person
from tests.crm.fields.custom.files.conftest import held, save
from tests.crm.work.activities.attaching import on_the_disk, upload
from tests.customers.conversion.test_custom_values import convert

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def converted(field, make_field, make_lead, bob, sign_in):
    """A lead with a contract, the company that it became, and the field of companies that the contract was copied to."""
    target = make_field("Contract", "file", of="company")
    with operation("test", by=None):
        ConversionRules(pk=1, mapping={field.name: {"company": target.name}}).save()
    lead = make_lead("Ana Albu", owner=bob, company="Omnia SRL")
    save(sign_in(bob), lead, **{field.name: upload("contract.pdf")})
    convert(lead, bob)
    return lead, Company.objects.get(name="Omnia SRL"), target


def test_the_company_gets_the_file_of_the_lead(field, converted):
    lead, company, target = converted
    assert held(target, company) == held(field, lead)
    assert ValueFile.objects.count() == 1


def test_erasing_the_person_of_the_lead_erases_the_copy_of_the_company(converted, ada):
    lead, company, target = converted
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert held(target, company) is None
    assert on_the_disk() == []
