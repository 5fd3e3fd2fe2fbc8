"""Values of custom fields that a new company or contact doesn't accept: conversion asks for others instead of failing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import CustomField
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact, ConversionRules
from leads.models import Lead
from leads.verbs import Move
from tests.reading import close_up

pytestmark = pytest.mark.django_db
RULES = "/admin/leads/conversion/rules"


@pytest.fixture
def grade(make_field):
    """Of leads: Bronze is o1, Gold is o2."""
    return make_field("Grade", "choice", choices=["Bronze", "Gold"])


@pytest.fixture
def map_to(grade):
    """map_to(tier) copies the grade of leads to the tier of their companies."""

    def mapped(target, source=grade, table="company"):
        with operation("test", by=None):
            ConversionRules(pk=1, mapping={source.name: {table: target.name}}).save()

    return mapped


@pytest.fixture
def golden(make_lead, grade, ann):
    lead = make_lead("Ana Albu", owner=ann, company="Omnia SRL")
    carry_out(Edit({grade.name: "o2"}), Lead.objects.filter(pk=lead.pk), by=ann)
    return lead


def address(lead):
    return f"/admin/leads/{lead.pk}/convert"


def values_of(row):
    return row.custom_values.values if hasattr(row, "custom_values") else {}


def convert(lead, by):
    return carry_out(Convert(), Lead.objects.filter(pk=lead.pk), by=by)


def test_a_choice_is_copied_by_its_label(golden, make_field, map_to, ann):
    tier = make_field("Tier", "choice", of="company", choices=["Gold", "Bronze"])
    map_to(tier)
    convert(golden, ann)
    assert values_of(Company.objects.get()) == {tier.name: "o1"}


def test_the_page_names_field_and_value_and_lets_the_user_choose(golden, make_field, map_to, ann, sign_in):
    tier = make_field("Tier", "choice", of="company", choices=["Silver", "Platinum"])
    map_to(tier)
    browser = sign_in(ann)
    page = browser.get(address(golden))
    assert "“Gold” (Grade of the lead) isn’t available here." in close_up(page.text)
    assert page.context["form"].initial["company"] == "new"
    data = {"company": "new", "company_name": "Omnia", "contact": "new", "asked": tier.name}
    assert browser.post(address(golden), data | {tier.name: "o2"}).status_code == 302
    assert values_of(Company.objects.get()) == {tier.name: "o2"}


def test_the_user_may_leave_the_field_empty(golden, make_field, map_to, ann, sign_in):
    tier = make_field("Tier", "choice", of="company", choices=["Silver"])
    map_to(tier)
    data = {"company": "new", "company_name": "Omnia", "contact": "new", "asked": tier.name, tier.name: ""}
    assert sign_in(ann).post(address(golden), data).status_code == 302
    assert values_of(Company.objects.get()) == {}
    golden.refresh_from_db()
    assert golden.status.kind == "won"


def test_a_page_that_did_not_ask_yet_comes_back_with_the_question(golden, make_field, map_to, ann, sign_in):
    tier = make_field("Tier", "choice", of="company", choices=["Silver"])
    map_to(tier)
    page = sign_in(ann).post(address(golden), {"company": "new", "company_name": "Omnia", "contact": "new"})
    assert page.status_code == 422
    assert "“Gold” (Grade of the lead) isn’t available here." in close_up(page.text)
    assert not Company.objects.exists()


def test_an_existing_company_is_asked_nothing(golden, make_company, make_field, map_to, ann, sign_in):
    map_to(make_field("Tier", "choice", of="company", choices=["Silver"]))
    vega = make_company("Vega", owner=ann)
    data = {"company": "other", "other_company": f"Vega (#{vega.pk})", "contact": "new"}
    assert sign_in(ann).post(address(golden), data).status_code == 302


def test_a_lead_that_is_won_elsewhere_waits_for_the_choice(golden, make_field, map_to, ann, statuses):
    map_to(make_field("Tier", "choice", of="company", choices=["Silver"]))
    outcome = carry_out(Move(statuses.won), Lead.objects.filter(pk=golden.pk), by=ann)
    assert not outcome.changed
    golden.refresh_from_db()
    assert golden.status == statuses.new


def test_the_list_says_which_field_waits_and_opens_the_page(golden, make_field, map_to, ann, sign_in):
    map_to(make_field("Tier", "choice", of="company", choices=["Silver"]))
    page = sign_in(ann).post(address(golden), {"at_once": "on"}, follow=True)
    assert page.redirect_chain[-1][0] == address(golden)
    assert "The value of Grade can’t be copied." in page.text


def test_a_unique_value_that_another_company_has_is_asked_for(
    make_lead, make_field, map_to, make_company, ann, sign_in
):
    number = make_field("Number of lead")
    target = make_field("Tax number", of="company", is_unique=True)
    map_to(target, source=number)
    other = make_company("Vega", owner=ann)
    carry_out(Edit({target.name: "RO 1"}), Company.objects.filter(pk=other.pk), by=ann)
    lead = make_lead("Ana Albu", owner=ann, company="Omnia SRL")
    carry_out(Edit({number.name: "RO 1"}), Lead.objects.filter(pk=lead.pk), by=ann)
    assert not convert(lead, ann).changed
    browser = sign_in(ann)
    assert "Another record already has “RO 1”" in browser.get(address(lead)).text
    data = {"company": "new", "company_name": "Omnia", "contact": "none", "asked": target.name}
    page = browser.post(address(lead), data | {target.name: "RO 1"})
    assert page.status_code == 422
    assert browser.post(address(lead), data | {target.name: "RO 2"}).status_code == 302
    assert values_of(Company.objects.get(name="Omnia")) == {target.name: "RO 2"}


def test_two_leads_of_one_run_with_one_unique_value_are_both_converted(make_lead, make_field, map_to, ann):
    number = make_field("Number of lead")
    target = make_field("Badge", of="contact", is_unique=True)
    map_to(target, source=number, table="contact")
    leads = [
        make_lead(name, owner=ann, email=f"{name[:3]}@omnia.example") for name in ("Ana Albu", "Ion Ene")
    ]
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    for lead in leads:
        carry_out(Edit({number.name: "7"}), Lead.objects.filter(pk=lead.pk), by=ann)
    assert len(carry_out(Convert(), rows, by=ann).changed) == 2
    assert [values_of(row) for row in Contact.objects.order_by("pk")] == [{target.name: "7"}, {}]


@pytest.mark.parametrize("change", [{"retired": True, "deleted": True}, {"retired": True}, {"type": "text"}])
def test_a_field_that_is_gone_or_has_another_type_is_not_copied(change, golden, make_field, map_to, ann):
    tier = make_field("Tier", "choice", of="company", choices=["Gold"])
    map_to(tier)
    with operation("test", by=None):
        CustomField.objects.filter(pk=tier.definition.pk).update(**change)
    assert convert(golden, ann).changed == [golden.pk]
    assert values_of(Company.objects.get()) == {}


def test_a_value_that_the_user_may_not_see_keeps_no_lead_from_being_won(
    golden, grade, make_field, map_to, ada, ann, sign_in
):
    map_to(make_field("Tier", "choice", of="company", choices=["Silver"]))
    with operation("test", by=None):
        CustomField.objects.filter(pk=grade.definition.pk).update(roles=[ada.groups.get().pk])
    assert "Gold" not in sign_in(ann).get(address(golden)).text
    assert convert(golden, ann).changed == [golden.pk]


# The rules


def test_the_rules_refuse_two_fields_of_the_lead_for_one_target(grade, make_field, ada, sign_in):
    other = make_field("Rank", "choice", choices=["Gold"])
    tier = make_field("Tier", "choice", of="company", choices=["Gold"])
    data = {"version": "0", f"{grade.name}_company": tier.name, f"{other.name}_company": tier.name}
    page = sign_in(ada).post(RULES, data)
    assert page.status_code == 422
    assert "“Tier” already gets the value of “Grade”." in page.text
    assert ConversionRules.get_current().mapping == {}


def test_the_rules_name_the_choices_without_a_counterpart(make_field, map_to, ada, sign_in):
    tier = make_field("Tier", "choice", of="company", choices=["gold"])
    map_to(tier)
    page = sign_in(ada).get(RULES).text
    assert "No matching choice: “Bronze”." in page


def test_the_page_that_deletes_a_copied_field_says_so(make_field, map_to, ada, sign_in):
    tier = make_field("Tier", "choice", of="company", choices=["Gold"])
    map_to(tier)
    page = sign_in(ada).get(f"/admin/companies/fields/{tier.definition.pk}/delete").text
    assert "Converting a lead copies a value from or to this field." in page


@pytest.fixture
def numbered(make_lead, make_field, map_to, ann):
    """numbered("RO 1", "RO 2") are new leads of Ann's with these tax numbers, which their companies get: there they're unique."""
    number = make_field("Number of lead")
    target = make_field("Tax number", of="company", is_unique=True)
    map_to(target, source=number)

    def made(*numbers: str) -> list[Lead]:
        leads = [
            make_lead(f"Lead {text}", owner=ann, company=f"{text} of {place}")
            for place, text in enumerate(numbers)
        ]
        for lead, text in zip(leads, numbers, strict=True):
            carry_out(Edit({number.name: text}), Lead.objects.filter(pk=lead.pk), by=ann)
        return leads

    return made


def test_conversion_of_many_leads_asks_for_unique_values_once(numbered, ann):
    """Not once for each lead: a conversion of 5,000 leads asked 15,000 times."""

    def asked_for(*numbers: str) -> int:
        leads = numbered(*numbers)
        with CaptureQueriesContext(connection) as queries:
            outcome = carry_out(Convert(), Lead.objects.filter(pk__in=[lead.pk for lead in leads]), by=ann)
        assert len(outcome.changed) == len(numbers)
        return sum("unique" in query["sql"] for query in queries)

    assert asked_for(*(f"A {number}" for number in range(2))) == asked_for(
        *(f"B {number}" for number in range(9))
    )


def test_of_leads_with_one_unique_value_the_first_company_gets_it_however_it_is_written(numbered, ann):
    leads = numbered("RO 1", "ro 1", "RO 2")
    outcome = carry_out(Convert(), Lead.objects.filter(pk__in=[lead.pk for lead in leads]), by=ann)
    assert len(outcome.changed) == 3
    held = [[*values_of(row).values()] for row in Company.objects.order_by("pk")]
    assert held == [["RO 1"], [], ["RO 2"]]


@pytest.mark.parametrize(("leads_to", "copied"), [("company", True), ("deal", False)])
def test_a_link_is_copied_to_one_that_leads_to_the_same_type(
    make_field, make_lead, make_company, map_to, ann, leads_to, copied
):
    partner, source = make_company("Partner"), make_field("Partner", "link")
    target = make_field("Partner", "link", of="company", links_to=leads_to)
    map_to(target, source)
    lead = make_lead("Ana Albu", owner=ann, company="Omnia SRL")
    carry_out(Edit({source.name: partner.pk}), Lead.objects.filter(pk=lead.pk), by=ann)
    convert(lead, ann)
    assert values_of(Company.objects.get(name="Omnia SRL")) == ({target.name: partner.pk} if copied else {})
