"""The page of columns and its form read what new records can get once, however many of their parts ask for it."""

import pytest

from leads.imports.lead_import import LeadImport
from tests.crm.transfer.imports.importing import filled_in, page, shown, upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

FILE = [["Last name", "Email", "Role"], ["Pop", "ana@example.com", "Buyer"]]
PRESSED = {
    "the page": (None, 200),
    "a field for each column": ({"create_all": "1"}, 200),
    "something wrong": ({"decimal": "unknown"}, 422),
}


@pytest.mark.parametrize(("pressed", "status"), PRESSED.values(), ids=PRESSED)
def test_the_choices_of_new_leads_are_read_once(sign_in, ada, monkeypatch, pressed, status):
    browser, read = sign_in(ada), []
    imported = upload(browser, FILE)
    sent = filled_in(shown(browser, imported, "columns").context["form"])
    get_choices = LeadImport.get_choices
    monkeypatch.setattr(LeadImport, "get_choices", lambda rules: read.append(rules) or get_choices(rules))
    address = page(imported, "columns")
    answer = browser.get(address) if pressed is None else browser.post(address, sent | pressed)
    assert answer.status_code == status
    assert len(read) == 1
