"""Amounts and phones that people type or paste into a form are read as those of a file."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.fields.amount_input import AmountInput
from crm.platform.excel.parsing.number_parsing import parse_amount
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled
from tests.decisions.imports.cells.test_amounts import READ, WRONG

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", READ)
def test_a_form_reads_an_amount_as_an_import_does(name):
    text, _number, _currencies = READ[name]
    field = AmountInput(names_currency=True)
    assert (field.clean(text), field.currencies) == (parse_amount(text).number, parse_amount(text).currencies)


@pytest.mark.parametrize("name", WRONG)
def test_a_form_refuses_what_an_import_refuses(name):
    with pytest.raises(ValidationError, match="Enter an amount like 1250"):
        AmountInput(names_currency=True).clean(WRONG[name])


@pytest.fixture
def basics(ann, departments, sources, statuses):
    return {
        "owner": ann.pk,
        "department": departments.sales.pk,
        "source": sources.website.pk,
        "status": statuses.new.pk,
    }


def test_a_typed_sign_is_the_chosen_currency_or_an_error(sign_in, ann, basics):
    browser = sign_in(ann)
    answer = browser.post("/admin/leads/new", filled(**basics, value="$1,500.00", currency="EUR"))
    assert answer.status_code == 422
    assert "This amount is in USD, but its currency is EUR." in answer.text
    answer = browser.post("/admin/leads/new", filled(**basics, value="$1,500.00", currency="USD"))
    assert answer.status_code == 302
    lead = Lead.objects.get()
    assert (lead.value, lead.currency) == (Decimal("1500.00"), "USD")


def test_a_field_without_a_currency_takes_no_sign():
    with pytest.raises(ValidationError, match="Enter an amount like 1250"):
        AmountInput().clean("$500")


def test_a_pasted_phone_is_kept_without_what_a_program_writes_around_it(sign_in, ann, basics):
    sign_in(ann).post("/admin/leads/new", filled(**basics, phone="p:+40722123456", mobile="40722123457.0"))
    lead = Lead.objects.get()
    assert (lead.phone, lead.mobile) == ("+40722123456", "40722123457")
