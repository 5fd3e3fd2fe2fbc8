"""The conversion page of a lead, and the other places that convert."""

import pytest

from crm.records.change import carry_out, operation
from crm.records.verbs import Delete, Edit
from customers.models import Company, Contact, ConversionRules
from leads.models import Lead
from tests.leads.queueing import TODAY, day


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Ana Albu", owner=bob, company="Omnia SRL", email="ana@omnia.example", phone="0722")


def address(lead):
    return f"/admin/leads/{lead.pk}/convert"


def test_the_page_suggests_what_matches_with_the_reason_and_chooses_it(lead, ann, make_company, sign_in):
    company = make_company("Omnia", domain="omnia.example", owner=ann)
    page = sign_in(ann).get(address(lead))
    assert page.context["form"].initial["company"] == str(company.pk)
    assert page.context["form"].initial["contact"] == "new"
    assert "Same domain" in page.text


def test_the_page_does_not_suggest_what_the_user_cannot_see(
    lead, bob, carla, departments, make_company, sign_in
):
    make_company("Omnia", domain="omnia.example", owner=carla, department=departments.export)
    page = sign_in(bob).get(address(lead))
    assert "Same domain" not in page.text
    assert page.context["form"].initial["company"] == "new"


def test_converting_leads_to_the_lead_with_undo_and_its_client(lead, ann, sign_in):
    browser = sign_in(ann)
    data = {"company": "new", "company_name": "Omnia Holding", "contact": "new"}
    page = browser.post(address(lead), data, follow=True)
    assert page.redirect_chain[-1][0] == f"/admin/leads/{lead.pk}"
    company = Company.objects.get(name="Omnia Holding")
    assert f"/admin/companies/{company.pk}" in page.text
    assert "Only notes and tasks can be added to this lead." in page.text
    assert f"/admin/leads/{lead.pk}/edit" not in page.text
    assert "/undo" in page.text


def test_another_company_is_found_by_hand(lead, ann, make_company, sign_in):
    other = make_company("Vega", owner=ann)
    data = {"company": "other", "other_company": f"Vega (#{other.pk})", "contact": "none"}
    sign_in(ann).post(address(lead), data)
    lead.refresh_from_db()
    assert (lead.client, lead.client_contact) == (other, None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"contact": "new"}, "Choose a company."),
        ({"company": "new", "company_name": "", "contact": "new"}, "Enter a name for the new company."),
        ({"company": "other", "contact": "new"}, "Enter a company."),
        ({"company": "other", "other_company": "Nowhere", "contact": "new"}, "No record is named “Nowhere”."),
        ({"company": "none", "contact": "none"}, "Choose a company, a contact, or both."),
        ({"company": "999999999999999999999", "contact": "new"}, "Select a valid choice"),
    ],
)
def test_a_choice_that_says_nothing_keeps_what_was_typed_and_writes_nothing(data, words, lead, ann, sign_in):
    answer = sign_in(ann).post(address(lead), {"company_name": "Typed qq", **data})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Typed qq" in answer.text or data.get("company_name") == ""
    assert not Company.objects.exists()
    assert not Contact.objects.exists()


def test_a_company_that_was_deleted_since_the_page_was_opened_is_refused_with_a_sentence(
    lead, ann, make_company, sign_in
):
    company = make_company("Omnia SRL", owner=ann)
    browser = sign_in(ann)
    browser.get(address(lead))
    carry_out(Delete(), Company.objects.filter(pk=company.pk), by=ann)
    answer = browser.post(address(lead), {"company": str(company.pk), "contact": "new"})
    assert answer.status_code == 422
    assert not Contact.objects.exists()
    assert Lead.objects.get(pk=lead.pk).client is None


def test_a_second_click_and_a_colleague_who_was_faster_lead_to_the_lead(lead, ann, oscar, sign_in):
    data = {"company": "new", "company_name": "Omnia", "contact": "new"}
    sign_in(ann).post(address(lead), data)
    answer = sign_in(oscar).post(address(lead), data)
    assert answer.url == f"/admin/leads/{lead.pk}"
    assert Company.objects.count() == Contact.objects.count() == 1


def test_what_the_won_status_requires_is_said_on_the_page(lead, ann, statuses, sign_in):
    with operation("test", by=None):
        statuses.won.required_fields = ["city"]
        statuses.won.save()
    answer = sign_in(ann).post(address(lead), {"company": "none", "contact": "new"})
    assert answer.status_code == 422
    assert "City is required." in answer.text


def test_a_bulk_conversion_previews_and_converts_by_the_stored_rules(
    lead, make_lead, make_company, ann, sign_in
):
    make_company("Vega", owner=ann)
    make_company("Vega", owner=ann)
    ambiguous = make_lead("Ion Pop", company="Vega")
    browser = sign_in(ann)
    page = browser.post(
        "/admin/leads/bulk?all=1", {"action": "convert", "record": [lead.pk, ambiguous.pk]}, follow=True
    )
    assert "Several companies match. Choose one on the lead’s conversion page." in page.text
    browser.post(page.redirect_chain[-1][0])
    assert Lead.objects.get(pk=lead.pk).client is not None
    assert Lead.objects.get(pk=ambiguous.pk).client is None


def test_a_user_who_may_not_add_companies_is_offered_no_conversion(lead, someone_with, departments, sign_in):
    eve = someone_with("view_lead", "change_lead", "bulk_lead", "see_departments")
    browser = sign_in(eve)
    page = browser.get(f"/admin/leads/{lead.pk}").text
    assert "/convert" not in page
    assert browser.get(address(lead)).status_code == 403
    assert 'value="convert"' not in browser.get("/admin/leads?all=1").text


def test_the_rules_turn_automatic_conversion_off_and_undo_turns_it_on(ada, sign_in):
    browser = sign_in(ada)
    browser.post("/admin/leads/conversion/rules", {"version": "0"})
    assert not ConversionRules.current().automatic
    from crm.models import Operation
    from crm.records.undo import undo

    undo(Operation.objects.get(kind="edit_conversion_rules"), by=ada)
    assert ConversionRules.current().automatic


def test_a_custom_field_is_copied_to_the_mapped_one(lead, ada, make_field, sign_in):
    source = make_field("Size qq", "text")
    target = make_field("Company size qq", "text", of="company")
    other = make_field("Number qq", "number", of="company")
    browser = sign_in(ada)
    page = browser.get("/admin/leads/conversion/rules").text
    assert f'value="{target.name}"' in page
    assert f'value="{other.name}"' not in page
    browser.post(
        "/admin/leads/conversion/rules",
        {"version": "0", "automatic": "on", f"{source.name}_company": target.name},
    )
    carry_out(Edit({source.name: "50"}), Lead.objects.filter(pk=lead.pk), by=ada)
    browser.post(address(lead), {"company": "new", "company_name": "Omnia", "contact": "none"})
    assert Company.objects.get().custom_values.values == {target.name: "50"}


def test_the_page_is_one_click_from_the_lead_the_queue_and_the_board(lead, bob, make_task, sign_in):
    make_task("Call", lead, user=bob, due_on=day(TODAY))
    browser = sign_in(bob)
    for place in (
        f"/admin/leads/{lead.pk}",
        f"/admin/leads/queue?lead={lead.pk}",
        f"/admin/leads/board/{lead.pk}/move",
    ):
        assert f'href="{address(lead)}"' in browser.get(place).text, place
