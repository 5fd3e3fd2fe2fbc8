"""The conversion page of a lead, and the other places that convert."""

import re

import pytest

from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Edit
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import Activity
from crm.work.tasks.verbs import AddTask
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact, ConversionRules, Deal
from leads.models import Lead
from tests.leads.queue.queueing import TODAY, day
from tests.reading import close_up


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
    said = close_up(page.text).partition("Converted to")[2].partition("</p>")[0]
    assert re.sub(r"(<[^>]*>)+", " ", said).split() == ["Omnia", "Holding", "and", "Ana", "Albu"]
    assert f"/admin/leads/{lead.pk}/edit" not in page.text
    assert "/undo" in page.text


def test_converting_leads_to_the_deal_which_shows_the_calls_and_the_tasks_of_the_lead(
    lead, ann, bob, sign_in
):
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(AddActivity(ann, Activity.Type.CALL, "Wants pumps", "reached"), rows, by=ann)
    carry_out(AddTask(ann, {"title": "Send the offer", "user": bob}), rows, by=ann)
    data = {"company": "new", "company_name": "Omnia", "contact": "new", "deal": "on", "deal_name": "Pumps"}
    page = sign_in(ann).post(address(lead), data, follow=True)
    deal = Deal.objects.get()
    assert page.redirect_chain[-1][0] == f"/admin/deals/{deal.pk}"
    assert "Wants pumps" in page.text
    assert "Send the offer" in page.text
    assert "No open tasks." in sign_in(ann).get(f"/admin/leads/{lead.pk}").text


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
    page = browser.get("/admin/leads?all=1").text
    assert "name=action value=tag>" in page
    assert "name=action value=convert>" not in page


def test_the_rules_turn_automatic_conversion_off_and_undo_turns_it_on(ada, sign_in):
    browser = sign_in(ada)
    browser.post("/admin/leads/conversion/rules", {"version": "0"})
    assert not ConversionRules.get_current().automatic
    from crm.models import Operation
    from crm.records.history.undo.field_reversal import revert_operation

    revert_operation(Operation.objects.get(kind="edit_conversion_rules"), by=ada)
    assert ConversionRules.get_current().automatic


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


def preview_of(browser, *leads):
    """The preview of the bulk action, of these leads."""
    answer = browser.post(
        "/admin/leads/bulk?all=1", {"action": "convert", "record": [row.pk for row in leads]}
    )
    return browser.get(answer["Location"])


def test_the_preview_of_many_conversions_counts_what_is_added_and_what_exists(
    lead, make_lead, make_company, make_contact, ann, sign_in
):
    make_company("Vega", domain="vega.example", owner=ann)
    make_contact("Vera Voda", email="vera@vega.example", owner=ann)
    others = [
        # Of the same new company, and of one that exists, whose contacts are a new and a known one.
        make_lead("Ion Pop", owner=ann, company="OMNIA SRL", email="ion@omnia.example"),
        make_lead("Dan Dinu", owner=ann, email="dan@vega.example"),
        make_lead("Vera Voda", owner=ann, email="vera@vega.example"),
        make_lead("Vlad Voda", owner=ann, company="Vega", email="vlad@vega.example"),
    ]
    with operation("test", by=None):
        ConversionRules(pk=1, makes_deal=True).save()
    page = preview_of(sign_in(ann), lead, *others).text
    assert "Will be added: 1 company, 4 contacts, 5 deals." in page
    assert "Already exist: 1 company, 1 contact." in page
    convert = carry_out(Convert(), Lead.objects.filter(pk__in=[lead.pk, *(row.pk for row in others)]), by=ann)
    assert len(convert.changed) == 5
    assert (Company.objects.count(), Contact.objects.count(), Deal.objects.count()) == (2, 5, 5)


def test_the_preview_says_nothing_of_other_records_where_none_would_be_converted(
    lead, make_company, ann, sign_in
):
    for name in ("Vega", "Lyra"):
        make_company(name, domain="omnia.example", owner=ann)
    page = preview_of(sign_in(ann), lead).text
    assert "Will be added" not in page
    assert "Already exist" not in page


def test_the_undo_page_counts_all_kinds_of_records(lead, make_lead, ann, sign_in):
    other = make_lead("Ion Pop", owner=ann, company="Omnia SRL", email="ion@omnia.example")
    rows = Lead.objects.filter(pk__in=[lead.pk, other.pk])
    record = carry_out(Convert(), rows, by=ann).operation
    browser = sign_in(ann)
    page = close_up(browser.get(f"/admin/operations/{record.pk}/undo").text)
    assert "<b>1 company, 2 contacts</b> that this change added move to Trash." in page
    assert "This will undo the change to <b>2 leads</b>." in page
    page = browser.post(f"/admin/operations/{record.pk}/undo", follow=True).text
    assert "Records affected: 2 leads, 1 company, 2 contacts." in page


def test_the_undo_page_says_that_a_record_of_another_kind_is_kept(lead, ann, sign_in):
    record = carry_out(Convert(), Lead.objects.filter(pk=lead.pk), by=ann).operation
    carry_out(Edit({"phone": "0733"}), Company.objects.all(), by=ann)
    page = " ".join(sign_in(ann).get(f"/admin/operations/{record.pk}/undo").text.split())
    assert "<b>1 contact</b> that this change added moves to Trash." in page
    assert "This will undo the change to <b>1 lead</b>." in page
    assert "<b>1</b> record keeps its new values: This record has been edited since then." in page
