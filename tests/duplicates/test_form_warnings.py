"""Warnings in forms: a user is shown similar records before a new one is saved, and then decides."""

import pytest

from customers.models import Company, Contact
from duplicates.models import DuplicateRules
from leads.models import Lead
from tests.hard.filled import Filled

NEW = "/admin/leads/new"
EMAIL = "ana@omnia.example"


@pytest.fixture
def typed(departments, statuses, sources):
    """The values of the form of a new lead."""
    given = {"department": departments.sales.pk, "status": statuses.new.pk, "source": sources.other.pk}
    return {**given, "currency": "EUR", "last_name": "Pop", "email": EMAIL}


def test_a_new_lead_with_a_known_email_is_saved_after_a_warning(make_lead, sign_in, ann, typed):
    known = make_lead("Ana Albu", email=EMAIL)
    browser = sign_in(ann)
    answer = browser.post(NEW, typed)
    assert answer.status_code == 422
    assert "Save anyway" in answer.text
    assert f'href="/admin/leads/{known.pk}"' in answer.text
    assert Lead.objects.count() == 1
    assert browser.post(NEW, {**typed, "seen": f"lead-{known.pk}"}).status_code == 302
    assert Lead.objects.count() == 2


def test_who_saw_one_of_two_similar_records_is_warned_of_the_other(make_lead, sign_in, ann, typed):
    one = make_lead("Ana Albu", email=EMAIL)
    make_lead("Ana Pop", email=EMAIL)
    assert sign_in(ann).post(NEW, {**typed, "seen": f"lead-{one.pk}"}).status_code == 422


def test_a_record_out_of_scope_leaves_no_trace_in_the_form(
    make_lead, make_contact, make_company, sign_in, ann, typed, departments
):
    """Neither while typing nor when it is saved: the same answer as if it didn't exist, apart from the new record."""
    browser = sign_in(ann)
    asked = f"/admin/duplicates/known/lead?email={EMAIL}&last_name=Pop&company=Omnia"
    as_fragment = {"HX-Request": "true", "HX-Target": "known"}
    before = browser.get(asked, headers=as_fragment).text
    make_lead("Pop", email=EMAIL, company="Omnia", department=departments.export)
    make_contact("Pop", email=EMAIL, department=departments.export)
    make_company("Omnia", domain="omnia.example", department=departments.export)
    assert browser.get(asked, headers=as_fragment).text == before
    assert browser.post(NEW, typed).status_code == 302


def test_warnings_can_be_switched_off(make_lead, sign_in, ann, typed, in_operation):
    make_lead("Ana Albu", email=EMAIL)
    with in_operation:
        DuplicateRules(pk=DuplicateRules.ROW, warns=False).save()
    browser = sign_in(ann)
    assert "hx-params" not in browser.get(NEW).text
    assert "Ana Albu" not in browser.get(f"/admin/duplicates/known/lead?email={EMAIL}").text
    assert browser.post(NEW, typed).status_code == 302


def test_an_edit_warns_only_if_a_compared_field_changes(make_contact, sign_in, ann):
    make_contact("Ana Albu", email=EMAIL)
    contact = make_contact("Ana Albu", email=EMAIL)
    path = f"/admin/contacts/{contact.pk}/edit"
    same = {"first_name": "Ana", "last_name": "Albu", "email": EMAIL, "department": contact.department_id}
    browser = sign_in(ann)
    assert browser.post(path, {**same, "title": "CEO"}).status_code == 302
    assert browser.post(path, {**same, "last_name": "Pop"}).status_code == 422
    assert Contact.objects.get(pk=contact.pk).title == "CEO"


def test_a_contact_with_a_company_is_compared_only_if_a_compared_field_changes(
    make_contact, make_company, sign_in, ann
):
    make_contact("Ana Albu", email=EMAIL)
    contact = make_contact("Ana Albu", email=EMAIL, company=make_company("Omnia"))
    path = f"/admin/contacts/{contact.pk}/edit"
    browser = sign_in(ann)
    form = next(form for form in Filled(browser.get(path).text).forms.values() if "title" in form)
    assert form["company"] == f"Omnia (#{contact.company_id})"
    assert browser.post(path, {**form, "title": "CEO"}).status_code == 302
    assert browser.post(path, {**form, "company": ""}).status_code == 422


def test_the_company_of_a_contact_is_known_as_the_form_writes_it(make_contact, make_company, sign_in, ann):
    omnia = make_company("Omnia")
    make_contact("Ana Albu", company=omnia)
    typed = {"first_name": "Ana", "last_name": "Albu"}
    for company in (f"{omnia} (#{omnia.pk})", f"#{omnia.pk}", str(omnia.pk)):
        answer = sign_in(ann).get("/admin/duplicates/known/contact", {**typed, "company": company})
        assert "Same name and company:" in answer.text, company


def test_companies_are_recognized_whatever_their_legal_form(make_company, sign_in, ann, departments):
    make_company("Omnia Trade SRL", domain="")
    answer = sign_in(ann).post(
        "/admin/companies/new", {"name": "omnia trade", "department": departments.sales.pk}
    )
    assert answer.status_code == 422
    assert "Omnia Trade SRL" in answer.text
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"email": EMAIL.upper()}, "Same email"),
        ({"mobile": "0722 123 456"}, "Same phone"),
        ({"first_name": "Albu", "last_name": "Ana", "company": "OMNIA GmbH"}, "Same name and company"),
        ({"first_name": "Ana", "last_name": "Albuu", "company": "Omnia"}, "Similar name and company"),
        ({"company": "Omnia"}, "Same company name"),
    ],
)
def test_the_reason_is_named_while_typing(make_lead, sign_in, ann, values, reason):
    make_lead("Ana Albu", email=EMAIL, company="Omnia", phone_normal="+40722123456")
    answer = sign_in(ann).get("/admin/duplicates/known/lead", values)
    assert f"{reason}:" in answer.text
    assert "Ana Albu" in answer.text


def test_texts_that_mean_nothing_find_nothing(sign_in, ann, make_lead):
    make_lead("Ana Albu")
    for values in (
        {},
        {"email": "\0", "department": "x" * 500},
        {"company": "💥" * 400},
        {"but": "99999999999999999999"},
    ):
        answer = sign_in(ann).get("/admin/duplicates/known/lead", values)
        assert answer.status_code == 200
        assert "Ana Albu" not in answer.text


def test_a_second_email_of_a_role_does_not_warn_while_typing(make_lead, sign_in, ann):
    make_lead("Ana Albu", email=EMAIL, second_email="office@omnia.example")
    for values in ({"email": "office@omnia.example"}, {"second_email": "office@omnia.example"}):
        assert "Ana Albu" not in sign_in(ann).get("/admin/duplicates/known/lead", values).text
