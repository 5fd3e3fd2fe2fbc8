"""How many emails of sequences each mailbox sends a day, on the page of the company."""

import pytest

from crm.models import CompanySettings, Operation
from crm.records.history.undo.field_reversal import revert_operation

pytestmark = pytest.mark.django_db

PAGE = "/admin/company"
DATA = {
    "name": "Acme",
    "language": "en",
    "time_zone": "Europe/Bucharest",
    "base_currency": "EUR",
    "version": "0",
}


def test_the_number_is_set_on_the_page_of_the_company_and_can_be_undone(sign_in, ada):
    browser = sign_in(ada)
    assert "Emails of sequences a day" in browser.get(PAGE).text
    browser.post(PAGE, {**DATA, "emails_a_day": "40"})
    assert CompanySettings.get_current().emails_a_day == 40
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert CompanySettings.get_current().emails_a_day == 100


def test_a_page_that_does_not_know_the_number_leaves_it_as_it_is(sign_in, ada):
    browser = sign_in(ada)
    browser.post(PAGE, {**DATA, "emails_a_day": "40"})
    browser.post(PAGE, {**DATA, "name": "Omnia", "version": "1"})
    settings = CompanySettings.get_current()
    assert (settings.name, settings.emails_a_day) == ("Omnia", 40)


@pytest.mark.parametrize(
    ("number", "words"),
    [("", "This field is required."), ("0", "greater than or equal to 1"), ("x", "Enter a whole number.")],
)
def test_a_number_that_cannot_be_gets_a_sentence_and_writes_nothing(sign_in, ada, number, words):
    page = sign_in(ada).post(PAGE, {**DATA, "emails_a_day": number})
    assert (page.status_code, words in page.text) == (422, True)
    assert not CompanySettings.objects.exists()
