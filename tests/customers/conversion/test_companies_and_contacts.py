"""Conversion: a lead becomes a company and a contact, in one operation that can be undone."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, judge, operation
from crm.records.history.verbs import Delete, Edit
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import Activity
from customers.conversion.conversion_plan import NEW, NONE, ConversionPlan
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact, ConversionRules, Deal
from leads.models import Lead, Newsletter
from leads.verbs import Move, SetVip


def convert(user, *leads, chosen=None):
    rows = Lead.objects.present().changeable_by(user)
    return carry_out(Convert(chosen or {}), rows, by=user, wanted=[lead.pk for lead in leads])


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(
        "Ana Albu", owner=bob, company="Omnia SRL", email="ana@omnia.example", phone="0722", city="Cluj"
    )


def test_a_lead_becomes_a_company_and_a_contact(lead, ann, bob, statuses):
    outcome = convert(ann, lead)
    assert outcome.changed == [lead.pk]
    lead.refresh_from_db()
    company, contact = lead.client, lead.client_contact
    assert (company.name, company.domain, company.phone) == ("Omnia SRL", "omnia.example", "0722")
    assert (contact.first_name, contact.last_name, contact.email) == ("Ana", "Albu", "ana@omnia.example")
    assert contact.company == company
    assert {company.owner, contact.owner, company.department, contact.department} == {bob, lead.department}
    assert lead.status.kind == "won"
    assert lead.converted_at is not None
    assert Operation.objects.filter(kind="convert").count() == 1


def test_undo_brings_the_lead_back_and_moves_the_new_records_to_trash(lead, ann):
    before = Lead.objects.filter(pk=lead.pk).values().get()
    record = convert(ann, lead).operation
    revert_operation(record, by=ann)
    after = Lead.objects.filter(pk=lead.pk).values().get()
    changing = ("version", "updated_at")
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    assert not Company.objects.present().exists()
    assert not Contact.objects.present().exists()


def test_undo_keeps_a_new_company_that_someone_has_used_since(lead, ann, make_contact):
    record = convert(ann, lead).operation
    company = Company.objects.get()
    make_contact("Ion Pop", company=company)
    outcome = revert_operation(record, by=ann)
    assert Company.objects.present().get() == company
    assert not Contact.objects.present().filter(last_name="Albu").exists()
    assert outcome.kept["company"]["worked_on_since"] == [company.pk]
    assert Lead.objects.get(pk=lead.pk).client is None


def test_a_known_company_and_contact_are_linked_and_stay_as_they_are(
    lead, ann, carla, make_company, make_contact
):
    company = make_company("Omnia", domain="omnia.example", phone="0000", owner=ann)
    contact = make_contact("A. Albu", email="ANA@omnia.example", phone="1111", owner=ann, company=company)
    before = [Company.objects.values().get(), Contact.objects.values().get()]
    convert(ann, lead)
    lead.refresh_from_db()
    assert (lead.client, lead.client_contact) == (company, contact)
    assert [Company.objects.values().get(), Contact.objects.values().get()] == before


def test_a_known_contact_without_a_company_gets_one(lead, ann, make_contact):
    contact = make_contact("Ana", email="ana@omnia.example", owner=ann)
    record = convert(ann, lead).operation
    contact.refresh_from_db()
    assert contact.company == Company.objects.get()
    revert_operation(record, by=ann)
    contact.refresh_from_db()
    assert contact.company is None
    assert not Company.objects.present().exists()


def test_a_person_with_a_free_mailbox_and_no_company_becomes_a_contact_alone(make_lead, ann):
    lead = make_lead("Ion Pop", email="ion@gmail.com")
    convert(ann, lead)
    lead.refresh_from_db()
    assert lead.client is None
    assert lead.client_contact.email == "ion@gmail.com"


def test_a_company_without_a_person_becomes_a_company_alone(make_lead, ann):
    lead = make_lead("", company="Vega", phone="0722")
    convert(ann, lead)
    lead.refresh_from_db()
    assert lead.client.name == "Vega"
    assert lead.client_contact is None


def test_several_leads_of_a_new_company_share_it(make_lead, ann):
    leads = [
        make_lead("Ana A", company="Omnia", email="ana@omnia.example"),
        make_lead("Ion B", company="OMNIA"),
        make_lead("Dan C", company="Omnia SRL", email="dan@omnia.example"),
    ]
    convert(ann, *leads)
    assert Company.objects.count() == 1
    assert Contact.objects.filter(company=Company.objects.get()).count() == 3


def test_an_ambiguous_lead_is_refused_with_its_reason_and_the_others_are_converted(
    lead, make_lead, make_company, ann
):
    make_company("Omnia SRL", owner=ann)
    make_company("omnia srl", owner=ann)
    other = make_lead("Ion Pop", email="ion@vega.example", company="Vega")
    outcome = convert(ann, lead, other)
    assert outcome.refused == {"several_companies": [lead.pk]}
    assert outcome.changed == [other.pk]


def test_several_contacts_with_the_email_are_ambiguous_unless_the_name_decides(lead, make_contact, ann):
    make_contact("X", email="ana@omnia.example", owner=ann)
    make_contact("Y", email="ana@omnia.example", owner=ann)
    assert convert(ann, lead).refused == {"several_contacts": [lead.pk]}
    ana = make_contact("Ana Albu", email="ana@omnia.example", owner=ann)
    convert(ann, lead)
    assert Lead.objects.get(pk=lead.pk).client_contact == ana


def test_a_match_that_the_user_cannot_see_is_as_if_it_did_not_exist(
    make_lead, make_company, bob, carla, departments
):
    hidden = make_company("Omnia SRL", owner=carla, department=departments.export)
    lead = make_lead("Ana Albu", owner=bob, company="Omnia SRL")
    convert(bob, lead)
    lead.refresh_from_db()
    assert lead.client != hidden
    assert Company.objects.count() == 2


def test_a_chosen_match_that_was_deleted_in_the_meantime_is_refused(lead, make_company, ann):
    company = make_company("Elsewhere", owner=ann)
    carry_out(Delete(), Company.objects.filter(pk=company.pk), by=ann)
    outcome = convert(ann, lead, chosen={lead.pk: ConversionPlan(company.pk, NEW)})
    assert outcome.refused == {"match_gone": [lead.pk]}
    assert not Contact.objects.exists()


def test_a_second_conversion_is_refused(lead, ann):
    convert(ann, lead)
    assert convert(ann, lead).refused == {"converted": [lead.pk]}
    assert Company.objects.count() == 1


def test_a_converted_lead_is_read_only(lead, ann, statuses, bob):
    convert(ann, lead)
    rows = Lead.objects.filter(pk=lead.pk)
    for verb in (SetVip(True), Edit({"city": "Iași"}), Move(statuses.new)):
        assert judge(verb, rows, by=ann, wanted=[lead.pk]).refused == {"converted": [lead.pk]}


def test_an_earlier_move_of_a_converted_lead_cannot_be_undone_before_the_conversion(lead, ann, statuses):
    moved = carry_out(Move(statuses.qualified), Lead.objects.filter(pk=lead.pk), by=ann).operation
    converted = convert(ann, lead).operation
    outcome = revert_operation(moved, by=ann)
    assert Lead.objects.get(pk=lead.pk).status.kind == "won"
    assert [*outcome.kept["lead"]] in (["changed_since"], ["converted"])
    revert_operation(converted, by=ann)
    assert Lead.objects.get(pk=lead.pk).status == statuses.qualified


def test_deleting_the_client_permanently_makes_the_lead_editable_again(lead, ann, ada):
    from crm.records.history.verbs import Purge

    convert(ann, lead)
    company, contact = Company.objects.get(), Contact.objects.get()
    for row in (company, contact):
        carry_out(Delete(), type(row).objects.filter(pk=row.pk), by=ada)
        carry_out(Purge(), type(row).objects.filter(pk=row.pk), by=ada)
    lead.refresh_from_db()
    assert (lead.client, lead.client_contact) == (None, None)
    assert not lead.is_read_only


def test_a_chosen_plan_without_company_or_with_another_name_is_followed(make_lead, ann):
    one, two = make_lead("Ana Albu", company="Omnia"), make_lead("Ion Pop", company="Vega")
    convert(
        ann,
        one,
        two,
        chosen={
            one.pk: ConversionPlan(NONE, NEW),
            two.pk: ConversionPlan(NEW, NONE, company_name="Vega Holding"),
        },
    )
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.client, one.client_contact.last_name) == (None, "Albu")
    assert (two.client.name, two.client_contact) == ("Vega Holding", None)


@pytest.mark.parametrize("number", [1, 300])
def test_the_number_of_queries_does_not_follow_the_number_of_leads(
    number, make_lead, ann, django_assert_max_num_queries
):
    leads = [make_lead(f"P{n} Pop", company=f"C{n}", email=f"p{n}@c{n}.example") for n in range(number)]
    with django_assert_max_num_queries(60):
        convert(ann, *leads)
    assert Company.objects.count() == number


def test_notes_of_the_lead_are_seen_from_its_client_and_open_at_the_lead(lead, ann, sign_in):
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(AddActivity(ann, Activity.Type.NOTE, "Wants a sample qq"), rows, by=ann)
    convert(ann, lead)
    carry_out(AddActivity(ann, Activity.Type.NOTE, "Still calls us qq"), rows, by=ann)
    browser = sign_in(ann)
    for client in (Company.objects.get(), Contact.objects.get()):
        page = browser.get(client.get_absolute_url()).text
        assert "Wants a sample qq" in page
        assert "Still calls us qq" in page
        assert f'href="/admin/leads/{lead.pk}"' in page
        assert f"{client.get_absolute_url()}/activities" not in page.partition('id="timeline"')[2]


def test_notes_of_a_lead_that_the_viewer_cannot_see_stay_hidden(lead, ann, carla, sign_in):
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(AddActivity(ann, Activity.Type.NOTE, "Wants a sample qq"), rows, by=ann)
    convert(ann, lead)
    with operation("test", by=None):
        Company.objects.update(shared=True)
    page = sign_in(carla).get(Company.objects.get().get_absolute_url())
    assert page.status_code == 200
    assert "Wants a sample qq" not in page.text


def test_the_contact_shows_the_newsletter_state_of_its_lead(lead, ann, sign_in):
    with operation("test", by=None):
        Newsletter.objects.create(lead=lead, state=Newsletter.State.UNSUBSCRIBED)
    convert(ann, lead)
    page = sign_in(ann).get(Contact.objects.get().get_absolute_url()).text
    assert str(Newsletter.State.UNSUBSCRIBED.label) in page


def test_a_deal_is_added_with_the_value_of_the_lead_and_undone_with_it(lead, ann):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(value=1200, currency="RON")
    record = convert(
        ann, lead, chosen={lead.pk: ConversionPlan(NEW, NEW, deal_name="Omnia, first order")}
    ).operation
    deal = Deal.objects.get()
    lead.refresh_from_db()
    assert (deal.name, deal.value, deal.currency) == ("Omnia, first order", 1200, "RON")
    assert (deal.lead, deal.company, deal.contact) == (lead, lead.client, lead.client_contact)
    assert (deal.owner, deal.department, deal.status.is_default) == (lead.owner, lead.department, True)
    revert_operation(record, by=ann)
    assert not Deal.objects.present().exists()
    assert not Company.objects.present().exists()


def test_a_lead_becomes_the_company_and_contact_of_its_deal(lead, ann, make_company, make_contact, make_deal):
    company, contact = make_company("Elsewhere", owner=ann), make_contact("Other", owner=ann)
    make_company("Omnia SRL", owner=ann)
    make_company("Omnia SRL", owner=ann)
    deal = make_deal("Order", lead=lead, company=company, contact=contact)
    convert(ann, lead)
    lead.refresh_from_db()
    assert (lead.client, lead.client_contact) == (company, contact)
    assert Deal.objects.get() == deal


def test_a_deal_without_a_company_gets_what_its_lead_becomes(lead, ann, make_deal):
    deal = make_deal("Order", lead=lead)
    record = convert(ann, lead).operation
    deal.refresh_from_db()
    lead.refresh_from_db()
    assert (deal.company, deal.contact) == (lead.client, lead.client_contact)
    revert_operation(record, by=ann)
    deal.refresh_from_db()
    assert (deal.company, deal.contact) == (None, None)


def test_won_leads_get_a_deal_if_the_rules_ask_for_one(lead, ann, statuses):
    with operation("test", by=None):
        ConversionRules(pk=1, makes_deal=True).save()
    carry_out(Move(statuses.won), Lead.objects.filter(pk=lead.pk), by=ann)
    assert Deal.objects.get().name == "Omnia SRL"
