"""The further contacts of deals, each with a role."""

import pytest

from crm.models import Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.contacts.kind import CONTACT
from customers.deal_contacts.verbs import (
    AddDealContact,
    EditDealContact,
    RemoveDealContact,
    SetDealContacts,
)
from customers.models import Contact, Deal, DealContact
from customers.related_items.verbs import carry_out_on_items
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.customers.employments.test_positions import as_before
from tests.customers.test_embedded_lists import queries_of

LIST = "/admin/deals"


def add(browser, deal, contact, **values):
    return browser.post(f"{LIST}/{deal.pk}/contacts/new", {"contact": f"#{contact.pk}", **values})


def page_of(row: DealContact) -> str:
    return f"{LIST}/{row.deal_id}/contacts/{row.pk}"


def sent(row: DealContact, **values) -> dict:
    return {"contact": f"#{row.contact_id}", "role": row.role, "version": row.version} | values


def test_a_contact_is_added_and_shown_on_both_pages(deal, vera, ann, sign_in):
    add(sign_in(ann), deal, vera, role="Decision maker")
    taking_part = DealContact.objects.get()
    assert (taking_part.contact, taking_part.role, taking_part.created_by) == (vera, "Decision maker", ann)
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/{deal.pk}").text
    for part in (f'href="/admin/contacts/{vera.pk}"', "Decision maker", page_of(taking_part)):
        assert part in page
    page = browser.get(f"/admin/contacts/{vera.pk}").text
    assert "Also a contact of these deals" in page
    assert f'href="{LIST}/{deal.pk}"' in page
    assert "Decision maker" in page


def test_the_form_suggests_roles_and_takes_any_other(deal, vera, ann, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/{deal.pk}/contacts/new").text
    assert '<option value="Influencer">' in page
    assert 'list="id_role_suggested"' in page
    add(browser, deal, vera, role="Knows the building")
    assert DealContact.objects.get().role == "Knows the building"


def test_a_contact_is_on_a_deal_once(taking_part, deal, vera, ana, ann, sign_in):
    with operation("test", by=None):
        Deal.objects.update(contact=ana)
    browser = sign_in(ann)
    answer = add(browser, deal, vera, role="Influencer")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"contact": ["This contact is already on the deal."]}
    answer = add(browser, deal, ana)
    assert answer.context["form"].errors == {"contact": ["This is the main contact of the deal."]}
    assert DealContact.objects.count() == 1


def test_of_two_requests_at_once_that_add_the_same_contact_the_verb_refuses_the_second(
    taking_part, deal, vera, ana, ann
):
    rows = Deal.objects.filter(pk=deal.pk)
    outcome = carry_out(AddDealContact(ann, {"contact": vera, "role": ""}), rows, by=ann)
    assert outcome.refused == {"contact_of_deal": [deal.pk]}
    with operation("test", by=None):
        other = DealContact.objects.create(deal=deal, contact=ana)
    outcome = carry_out_on_items(EditDealContact({"contact": vera}), [other.pk], by=ann)
    assert outcome.refused == {"contact_of_deal": [other.pk]}


def test_a_contact_is_required_and_must_be_one_that_the_user_sees(deal, make_contact, carla, bob, sign_in):
    hidden = make_contact("Hana Hidden", owner=carla, department=carla.memberships.first().department)
    browser = sign_in(bob)
    for text in ("", "Someone Else", f"#{hidden.pk}"):
        answer = browser.post(f"{LIST}/{deal.pk}/contacts/new", {"contact": text, "role": "Typed qq"})
        assert list(answer.context["form"].errors) == ["contact"]
        assert "Typed qq" in answer.text
    assert not DealContact.objects.exists()


def test_of_two_users_who_edit_a_contact_the_second_one_is_asked(taking_part, ann, sign_in):
    browser = sign_in(ann)
    browser.post(page_of(taking_part), sent(taking_part, role="Influencer"))
    answer = browser.post(page_of(taking_part), sent(taking_part, role="Legal"))
    assert answer.status_code == 422
    assert "This contact was changed since you opened the page." in answer.text
    assert DealContact.objects.get().role == "Influencer"
    taking_part.refresh_from_db()
    browser.post(page_of(taking_part), sent(taking_part, role="Legal"))
    assert DealContact.objects.get().role == "Legal"


def test_saving_without_a_change_is_no_change(taking_part, ann, sign_in):
    before = Operation.objects.count()
    answer = sign_in(ann).post(page_of(taking_part), sent(taking_part), follow=True)
    assert "Nothing was changed." in answer.text
    assert Operation.objects.count() == before


def test_do_and_undo_leaves_all_tables_as_before(deal, vera, ana, make_contact, ada):
    rows, values = Deal.objects.filter(pk=deal.pk), {"contact": vera, "role": "Legal"}
    before = all_tables()
    assert as_before(carry_out(AddDealContact(ada, values), rows, by=ada), before, ada)
    row = DealContact.objects.present().get()
    other = make_contact("Dan Dinu")
    for verb in (EditDealContact({"contact": ana, "role": "User"}), RemoveDealContact()):
        before = all_tables()
        assert as_before(carry_out_on_items(verb, [row.pk], by=ada), before, ada), verb
    with operation("test", by=None):
        DealContact.objects.create(deal=deal, contact=ana, role="Finance")
        DealContact.objects.create(deal=deal, contact=other)
    before = all_tables()
    verb = SetDealContacts(ada, {ana.pk: "Legal", vera.pk: "User"})
    assert as_before(carry_out(verb, rows, by=ada), before, ada)


def test_the_timeline_of_the_deal_tells_the_changes_in_words(taking_part, deal, ann, sign_in):
    browser = sign_in(ann)
    browser.post(page_of(taking_part), sent(taking_part, role="Legal"))
    browser.post(f"{page_of(taking_part)}/remove")
    page = browser.get(f"{LIST}/{deal.pk}").text
    assert "added a contact: Vera Voda as Legal" in page
    assert "changed a contact: Vera Voda as Legal" in page
    assert "<del>Decision maker</del>" in page
    assert "<ins>Legal</ins>" in page
    assert "removed a contact: Vera Voda as Legal" in page
    assert "Add a contact to a deal: 200 licenses" in browser.get("/admin/operations").text


def test_users_who_may_not_change_the_deal_only_see_its_contacts(taking_part, deal, someone_with, sign_in):
    browser = sign_in(someone_with("view_deal", "view_contact", "see_departments"))
    page = browser.get(f"{LIST}/{deal.pk}").text
    assert "Vera Voda" in page
    assert "contacts/new" not in page
    assert page_of(taking_part) not in page
    for address in (f"{LIST}/{deal.pk}/contacts/new", page_of(taking_part)):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{page_of(taking_part)}/remove").status_code == 403
    assert DealContact.objects.present().exists()


def test_users_who_do_not_see_the_contact_do_not_see_that_it_takes_part(
    taking_part, deal, carla, departments, bob, someone_with, sign_in
):
    with operation("test", by=None):
        Contact.objects.update(owner=carla, department=departments.export)
    browser = sign_in(bob)
    for address in (f"{LIST}/{deal.pk}", f"{LIST}/{deal.pk}/contacts"):
        assert "Vera" not in browser.get(address).text
    assert browser.get(page_of(taking_part)).status_code == 404
    assert browser.post(f"{page_of(taking_part)}/remove").status_code == 404
    browser = sign_in(someone_with("view_deal", "change_deal", "see_departments"))
    assert "Other contacts" not in browser.get(f"{LIST}/{deal.pk}").text
    for address in (f"{LIST}/{deal.pk}/contacts", f"{LIST}/{deal.pk}/contacts/new", page_of(taking_part)):
        assert browser.get(address).status_code == 403
    assert DealContact.objects.present().exists()


def test_deals_that_a_user_does_not_see_are_not_on_the_page_of_the_contact(
    taking_part, vera, deal, carla, departments, bob, someone_with, sign_in
):
    with operation("test", by=None):
        Deal.objects.update(owner=carla, department=departments.export)
    for address in (f"/admin/contacts/{vera.pk}", f"/admin/contacts/{vera.pk}/deals"):
        assert "200 licenses" not in sign_in(bob).get(address).text
    browser = sign_in(someone_with("view_contact", "see_departments"))
    assert "Also a contact of these deals" not in browser.get(f"/admin/contacts/{vera.pk}").text
    assert browser.get(f"/admin/contacts/{vera.pk}/deals").status_code == 403


def test_a_contact_of_another_deal_is_not_found(taking_part, make_deal, ann, sign_in):
    other = make_deal("Another", owner=ann)
    browser = sign_in(ann)
    assert browser.get(f"{LIST}/{other.pk}/contacts/{taking_part.pk}").status_code == 404
    assert browser.post(f"{LIST}/{other.pk}/contacts/{taking_part.pk}/remove").status_code == 404


def test_a_contact_in_trash_is_not_shown_and_comes_back_with_its_role(taking_part, deal, vera, ada, sign_in):
    trashed = carry_out(Delete(), Contact.objects.filter(pk=vera.pk), by=ada).operation
    browser = sign_in(ada)
    assert "Vera Voda</a>" not in browser.get(f"{LIST}/{deal.pk}/contacts").text
    revert_operation(trashed, by=ada)
    assert "Decision maker" in browser.get(f"{LIST}/{deal.pk}/contacts").text


@pytest.mark.parametrize("model", [Deal, Contact])
def test_they_go_with_their_deal_or_contact_and_undo_brings_them_back(model, taking_part, ada):
    rows = model.objects.all()
    carry_out(Delete(), rows, by=ada)
    purged = carry_out(Purge(), rows, by=ada).operation
    assert not DealContact.objects.exists()
    assert Change.objects.filter(operation=purged, table="deal_contact", kind="delete").exists()
    revert_operation(Operation.objects.get(pk=purged.pk), by=ada)
    assert DealContact.objects.get(pk=taking_part.pk).role == "Decision maker"


def test_an_undo_does_not_bring_back_a_contact_that_is_gone(taking_part, deal, vera, ana, ann, ada):
    edited = carry_out_on_items(EditDealContact({"contact": ana}), [taking_part.pk], by=ann).operation
    carry_out(Delete(), Contact.objects.filter(pk=vera.pk), by=ada)
    carry_out(Purge(), Contact.objects.filter(pk=vera.pk), by=ada)
    outcome = revert_operation(edited, by=ann)
    assert outcome.kept["deal_contact"] == {"link_gone": [taking_part.pk]}
    assert DealContact.objects.get().contact == ana


def test_a_new_contact_that_takes_part_in_a_deal_is_kept_by_an_undo(deal, departments, ann):
    new = CONTACT.add(Contact, [{"last_name": "Nou", "department": departments.sales}])
    with operation("add", table="contact", by=ann, matched=1, changed=1) as added:
        (contact,) = new.write_records(ann)
    carry_out(AddDealContact(ann, {"contact": contact, "role": ""}), Deal.objects.all(), by=ann)
    outcome = revert_operation(added, by=ann)
    assert outcome.kept["contact"]["worked_on_since"] == [contact.pk]


def test_the_pages_take_as_many_queries_with_many_of_them_as_with_one(
    deal, make_deal, make_contact, departments, ann, sign_in
):
    one, many = make_deal("One", owner=deal.owner, company=deal.company, value=1), deal
    people = [make_contact(f"Person {number}") for number in range(30)]
    first, *others = people
    with operation("test", by=None):
        DealContact.objects.bulk_create(DealContact(deal=many, contact=person) for person in people)
        DealContact.objects.create(deal=one, contact=first)
        DealContact.objects.bulk_create(
            DealContact(deal=row, contact=first)
            for row in Deal.objects.bulk_create(
                Deal(name=f"Deal {number}", department=departments.sales, status=deal.status)
                for number in range(30)
            )
        )
    browser = sign_in(ann)
    for pages in (
        [f"{LIST}/{one.pk}", f"{LIST}/{many.pk}"],
        [f"/admin/contacts/{others[0].pk}", f"/admin/contacts/{first.pk}"],
        [f"{LIST}/{one.pk}/contacts", f"{LIST}/{many.pk}/contacts"],
    ):
        for page in pages:
            browser.get(page)
        assert len({queries_of(browser, page) for page in pages}) == 1, pages
    page = browser.get(f"{LIST}/{many.pk}").text
    assert page.count("Person ") >= 10
    assert f'href="{LIST}/{many.pk}/contacts"' in page
