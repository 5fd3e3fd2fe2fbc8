"""Every field of the form of a record can be edited in place, by the rules of that form."""

import re

import pytest

from crm.models import Operation
from crm.records.editing.inline_editing import get_fields_edited_together
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS
from leads import verbs
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled


@pytest.mark.parametrize(
    ("kind", "name", "together"),
    [
        ("lead", "company", ["company"]),
        ("lead", "last_name", ["first_name", "last_name"]),
        ("lead", "name", ["first_name", "last_name"]),
        ("lead", "value", ["value", "currency"]),
        ("lead", "currency", ["value", "currency"]),
        ("lead", "city", ["address", "zip", "city", "state", "country"]),
        ("lead", "mobile", ["phone", "mobile"]),
        ("lead", "lost_reason", []),
        ("lead", "created_at", []),
        ("lead", "version", []),
        ("company", "domain", ["domain"]),
        ("company", "zip", ["address", "zip", "city", "state", "country"]),
        ("contact", "title", ["title"]),
        ("deal", "value", ["value", "currency"]),
        ("deal", "expected_close", ["expected_close"]),
        ("deal", "lost_remark", []),
    ],
)
def test_what_is_edited_together(kind, name, together, ann):
    assert list(get_fields_edited_together(KINDS[kind], name, ann)) == together


VALUES = {
    "company": "Carpați SRL",
    "title": "Buyer",
    "email": "new@acme.example",
    "second_email": "nonsense",
    "phone": "x",
    "mobile": "+40 722 123 456",
    "website": "acme.example",
    "city": "Iași",
    "country": "XX",
    "value": "$500",
    "description": "Two\nlines",
    "first_name": "Ada",
    "language": "Romanian",
}


@pytest.mark.parametrize(("name", "value"), VALUES.items())
def test_a_field_saved_in_place_is_saved_or_refused_as_in_the_form(name, value, ann, make_lead, sign_in):
    one, other = (make_lead(last_name=text, city="Cluj", company=text) for text in ("Novak", "Popescu"))
    browser = sign_in(ann)
    whole = browser.post(f"/admin/leads/{one.pk}/edit", filled(one, **{name: value}))
    first = Operation.objects.order_by("-id").first()
    # The other one is no duplicate of a lead in Trash.
    carry_out(Delete(), Lead.objects.changeable_by(ann).filter(pk=one.pk), by=ann)
    asked = get_fields_edited_together(KINDS["lead"], name, ann)
    sent = {key: text for key, text in filled(other, **{name: value}).items() if key in {*asked, "version"}}
    part = browser.post(f"/admin/leads/{other.pk}/inline/{name}", sent)
    assert part.status_code == whole.status_code
    if part.status_code == 422:
        assert part.context["form"].errors.get(name) == whole.context["form"].errors.get(name)
        return
    saved = [Lead.objects.values(*asked).get(pk=lead.pk) for lead in (one, other)]
    if name != "first_name":
        assert saved[0] == saved[1]
    last = Operation.objects.order_by("-id").first()
    assert (first.kind, first.parameters) == (last.kind, last.parameters)


def test_what_else_is_sent_is_not_written(ann, make_lead, sign_in):
    lead = make_lead(city="Cluj", company="Acme")
    sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/company", {"company": "Delta", "email": "a@b.example"})
    lead.refresh_from_db()
    assert (lead.company, lead.email, lead.city) == ("Delta", "", "Cluj")


def test_the_second_of_two_people_sees_the_value_of_the_first(ann, oscar, make_lead, sign_in):
    lead = make_lead(company="Acme")
    carry_out(verbs.Edit({"company": "Delta"}), Lead.objects.present().changeable_by(oscar), by=oscar)
    address = f"/admin/leads/{lead.pk}/inline/company"
    answer = sign_in(ann).post(address, {"company": "Omega", "version": 1})
    assert (answer.status_code, "Delta" in answer.text, "Omega" in answer.text) == (409, True, True)
    lead.refresh_from_db()
    assert lead.company == "Delta"


def test_who_may_not_change_a_lead_has_nothing_to_edit_and_can_send_nothing(
    bob, carla, make_lead, someone_with, sign_in
):
    lead = make_lead(owner=bob, email="a@acme.example")
    assert sign_in(carla).post(f"/admin/leads/{lead.pk}/inline/company", {"company": "X"}).status_code == 404
    viewer = sign_in(someone_with("view_lead", "see_all"))
    assert "data-edit" not in viewer.get(f"/admin/leads/{lead.pk}").text
    assert viewer.post(f"/admin/leads/{lead.pk}/inline/company", {"company": "X"}).status_code == 403


def test_without_the_right_to_assign_the_department_has_no_pencil_and_is_refused(bob, make_lead, sign_in):
    lead = make_lead(owner=bob)
    browser = sign_in(bob)
    assert f"/admin/leads/{lead.pk}/inline/department" not in browser.get(f"/admin/leads/{lead.pk}").text
    sent = {"department": lead.department_id}
    assert browser.post(f"/admin/leads/{lead.pk}/inline/department", sent).status_code == 403


def test_a_no_is_changed_and_not_added(ann, make_lead, sign_in):
    lead = make_lead(owner=ann)
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}")
    [fact] = [fact for fact in page.context["facts"] if fact.name == "shared"]
    assert (fact.empty, fact.folded, fact.text) == (False, True, "no")
    assert "Add shared" not in page.text
    assert 'aria-label="Edit shared with everyone: no"' in page.text
    assert "Add website" in page.text


def test_name_description_and_lost_reason_are_edited_where_the_page_shows_them(
    ann,
    make_lead,
    make_company,
    make_deal,
    make_contact,
    make_request,
    reasons,
    sign_in,
    statuses,
):
    lost = {"description": "Old", "lost_reason": reasons.budget}
    make = {
        make_lead("Jan Novák", status=statuses.lost, **lost): ["name", "description", "lost_reason"],
        make_deal("Pumps", status=statuses.deal_lost, **lost): ["name", "description", "lost_reason"],
        make_company("Omnia", description="Old"): ["name", "description"],
        make_contact("Ana Albu"): ["name"],
        make_request("Offer"): ["name"],
    }
    browser = sign_in(ann)
    for record, names in make.items():
        page = browser.get(record.get_absolute_url()).text
        for name in names:
            label = f'data-edit href="{record.get_absolute_url()}/inline/{name}" aria-label="Edit '
            assert page.count(label) == 1, (record, name)
    page = browser.get("/admin/leads/" + str(Lead.objects.get().pk)).text
    assert 'aria-label="Edit name: Jan Novák"' in page
    assert 'aria-label="Edit description: Old"' in page
    assert f'aria-label="Edit lost reason: {reasons.budget.label}"' in page
    # What the heading is edited with isn't offered a second time.
    assert "/inline/first_name" not in page


def test_a_name_typed_in_the_heading_is_saved_or_refused_as_in_the_form(
    ann, make_company, make_deal, sign_in
):
    browser = sign_in(ann)
    for record in (make_company("Omnia"), make_deal("Pumps")):
        address = f"{record.get_absolute_url()}/inline/name"
        assert browser.post(address, {"name": ""}).status_code == 422
        assert browser.post(address, {"name": " Better name "}).status_code == 302
        record.refresh_from_db()
        assert record.name == "Better name"


def test_who_may_not_change_a_record_has_no_pencil_beside_its_name(
    make_lead, reasons, statuses, someone_with, sign_in
):
    lead = make_lead(description="Old", status=statuses.lost, lost_reason=reasons.budget)
    page = sign_in(someone_with("view_lead", "see_all")).get(f"/admin/leads/{lead.pk}").text
    assert reasons.budget.label in page
    assert ("data-edit" in page, "data-fact" in page) == (False, False)


def test_an_open_lead_has_no_lost_reason_to_edit(ann, make_lead, reasons, sign_in):
    lead, browser = make_lead(), sign_in(ann)
    address = f"/admin/leads/{lead.pk}/inline/lost_reason"
    assert "inline/lost_reason" not in browser.get(f"/admin/leads/{lead.pk}").text
    answer = browser.get(address, follow=True)
    assert answer.redirect_chain[0][0] == f"/admin/leads/{lead.pk}"
    assert "The record’s status doesn’t use this field." in answer.text
    late = browser.post(address, {"lost_reason": reasons.budget.pk, "lost_remark": ""})
    assert (late.status_code, "The record’s status doesn’t use this field." in late.text) == (422, True)
    assert Lead.objects.get(pk=lead.pk).version == lead.version


def test_every_fact_that_the_page_offers_opens_its_form(ann, make_lead, sign_in):
    lead = make_lead(email="a@acme.example", city="Cluj")
    browser = sign_in(ann)
    found = re.findall(r'data-edit\s+href="([^"]*)"', browser.get(f"/admin/leads/{lead.pk}").text)
    assert len(found) > 15
    for address in found:
        page = browser.get(address)
        assert (page.status_code, 'method="post"' in page.text) == (200, True), address
