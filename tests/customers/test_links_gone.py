"""A record that was chosen as a link and deleted permanently before the change is written."""

import pytest

from crm.models import Operation
from crm.records.history import verbs
from crm.records.history.verb_execution import operation
from customers.models import Company, Contact
from tests.api.conftest import Program, make_token

GONE = "The linked record was deleted permanently."


@pytest.fixture
def deleting(monkeypatch):
    """Omnia is gone when a change has begun, as if another request had deleted it."""

    def gone(verb):
        Company.objects.filter(name="Omnia").delete()

    def gone_before(verb):
        with operation("test", by=None):
            gone(verb)

    monkeypatch.setattr(verbs.Edit, "lock_settings", gone_before)
    monkeypatch.setattr(verbs.Add, "lock_settings", gone)


def sent(contact, **values) -> dict:
    given = {"last_name": "Voda", "department": contact.department_id, "owner": contact.owner_id}
    return given | {"version": contact.version} | values


def test_the_form_says_so_at_the_link_and_keeps_what_was_typed(omnia, vera, ann, deleting, sign_in):
    values = sent(vera, company=f"#{omnia.pk}", title="Buyer qq")
    answer = sign_in(ann).post(f"/admin/contacts/{vera.pk}/edit", values)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"company": [GONE]}
    assert "Buyer qq" in answer.text
    vera.refresh_from_db()
    assert (vera.company, vera.title) == (None, "")


def test_a_new_record_is_not_added_and_the_page_asks_to_try_again(omnia, vera, ann, deleting, sign_in):
    before = Operation.objects.count()
    values = sent(vera, last_name="Nou", company=f"#{omnia.pk}")
    answer = sign_in(ann).post("/admin/contacts/new", values)
    assert answer.status_code == 409
    assert "Try again in a moment." in answer.text
    assert not Contact.objects.filter(last_name="Nou").exists()
    assert Operation.objects.count() == before


def test_programs_get_the_sentence_for_the_link(omnia, vera, ann, deleting):
    program = Program(make_token(ann), "Authorization", "Bearer ")
    problem = program.patch(f"/api/v2/contacts/{vera.pk}", {"company": omnia.pk}, expect=422)
    assert [(error["parameter"], error["detail"]) for error in problem["errors"]] == [("company", GONE)]
    assert program.post("/api/v2/contacts", {"last_name": "Nou", "company": omnia.pk}, expect=409)
