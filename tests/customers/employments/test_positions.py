"""Employments: the positions that contacts have or had at companies."""

from datetime import date

import pytest

from crm.models import Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from customers.employments.verbs import AddEmployment, EditEmployment, RemoveEmployment
from customers.models import Company, Contact, Employment
from customers.related_items.verbs import carry_out_on_items
from tests.crm.records.history.undo.test_every_verb import all_tables

LIST = "/admin/contacts"


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia", owner=bob)


@pytest.fixture
def ana(make_contact, bob):
    return make_contact("Ana Albu", owner=bob)


@pytest.fixture
def employed(ana, omnia, ann, sign_in):
    """An employment that Ann has added."""
    add(sign_in(ann), ana, omnia, role="Buyer", started_on="2019-03-01", ended_on="2022-06-30")
    return Employment.objects.get()


def add(browser, contact, company, **values):
    return browser.post(f"{LIST}/{contact.pk}/employments/new", {"company": f"#{company.pk}", **values})


def page_of(employment: Employment) -> str:
    return f"{LIST}/{employment.contact_id}/employments/{employment.pk}"


def sent(employment: Employment, **values) -> dict:
    given = {"company": f"#{employment.company_id}", "role": employment.role, "version": employment.version}
    return given | {"started_on": "2019-03-01", "ended_on": "2022-06-30"} | values


def test_an_employment_is_added_and_shown_on_both_pages(employed, ana, omnia, ann, sign_in):
    assert (employed.role, employed.started_on, employed.ended_on) == (
        "Buyer",
        date(2019, 3, 1),
        date(2022, 6, 30),
    )
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/{ana.pk}").text
    for part in (f'href="/admin/companies/{omnia.pk}"', "Buyer", "March 2019 – June 2022", page_of(employed)):
        assert part in page
    page = browser.get(f"/admin/companies/{omnia.pk}").text
    assert f'href="{LIST}/{ana.pk}"' in page
    assert "Former and other people" in page


def test_a_present_contact_of_the_company_is_not_listed_twice(employed, ana, omnia, ann, sign_in):
    carry_out(edit(company=omnia), Contact.objects.filter(pk=ana.pk), by=ann)
    page = sign_in(ann).get(f"/admin/companies/{omnia.pk}").text
    assert page.count(f'<a class="link" href="{LIST}/{ana.pk}"') == 1


def edit(**changes):
    from customers.contacts.kind import CONTACT

    return CONTACT.edit(changes)


def test_an_employment_can_not_end_before_it_starts(ana, omnia, ann, sign_in):
    answer = add(sign_in(ann), ana, omnia, role="Buyer", started_on="2022-01-01", ended_on="2021-01-01")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"ended_on": ["An employment can’t end before it starts."]}
    assert 'value="Buyer"' in answer.text
    assert 'value="1 Jan 2022"' in answer.text
    assert not Employment.objects.exists()


def test_a_company_is_required_and_must_be_one_that_the_user_sees(ana, omnia, dan, ann, sign_in):
    browser = sign_in(ann)
    for text in ("", "Nowhere"):
        answer = browser.post(f"{LIST}/{ana.pk}/employments/new", {"company": text})
        assert list(answer.context["form"].errors) == ["company"]
    assert not Employment.objects.exists()


def test_an_employment_is_edited(employed, ann, sign_in):
    sign_in(ann).post(page_of(employed), sent(employed, role="Head of purchasing", ended_on=""))
    employed.refresh_from_db()
    assert (employed.role, employed.ended_on) == ("Head of purchasing", None)


def test_of_two_users_who_edit_an_employment_the_second_one_is_asked(employed, ann, sign_in):
    browser = sign_in(ann)
    browser.post(page_of(employed), sent(employed, role="Head of purchasing"))
    answer = browser.post(page_of(employed), sent(employed, role="Engineer"))
    assert answer.status_code == 422
    assert "This employment was changed since you opened the page." in answer.text
    assert Employment.objects.get().role == "Head of purchasing"
    employed.refresh_from_db()
    browser.post(page_of(employed), sent(employed, role="Engineer"))
    assert Employment.objects.get().role == "Engineer"


def test_saving_without_a_change_is_no_change(employed, ann, sign_in):
    before = Operation.objects.count()
    answer = sign_in(ann).post(page_of(employed), sent(employed), follow=True)
    assert "Nothing was changed." in answer.text
    assert Operation.objects.count() == before


def test_an_employment_is_removed_and_an_undo_brings_it_back(employed, ana, ann, sign_in):
    browser = sign_in(ann)
    browser.post(f"{page_of(employed)}/remove")
    assert not Employment.objects.present().exists()
    assert browser.get(page_of(employed)).status_code == 404
    revert_operation(Operation.objects.get(kind="remove_employment"), by=ann)
    assert Employment.objects.present().exists()


def as_before(outcome, before, ada) -> bool:
    """Whether an undo leads back to what was before, and an undo of the undo to what was done."""
    after = all_tables()
    assert after != before
    undone = revert_operation(outcome.operation, by=ada)
    found = all_tables() == before
    revert_operation(undone.operation, by=ada)
    return found and all_tables() == after


def test_do_and_undo_leaves_all_tables_as_before(ana, omnia, make_company, ada):
    rows, values = Contact.objects.filter(pk=ana.pk), {"company": omnia, "role": "Buyer"}
    before = all_tables()
    assert as_before(carry_out(AddEmployment(ada, values), rows, by=ada), before, ada)
    row = Employment.objects.present().get()
    for verb in (EditEmployment({"company": make_company("Alba"), "role": "Engineer"}), RemoveEmployment()):
        before = all_tables()
        assert as_before(carry_out_on_items(verb, [row.pk], by=ada), before, ada), verb


def test_an_undo_of_adding_removes_it_and_an_undo_of_editing_reverts_it(employed, ann, sign_in):
    sign_in(ann).post(page_of(employed), sent(employed, role="Engineer"))
    revert_operation(Operation.objects.get(kind="edit_employment"), by=ann)
    assert Employment.objects.get().role == "Buyer"
    revert_operation(Operation.objects.get(kind="add_employment"), by=ann)
    assert not Employment.objects.present().exists()


def test_the_timeline_of_the_contact_tells_the_changes_in_words(employed, ana, ann, sign_in):
    browser = sign_in(ann)
    browser.post(page_of(employed), sent(employed, role="Engineer"))
    browser.post(f"{page_of(employed)}/remove")
    page = browser.get(f"{LIST}/{ana.pk}").text
    assert "added an employment: Engineer at Omnia" in page
    assert "changed the employment: Engineer at Omnia" in page
    assert "<del>Buyer</del>" in page
    assert "<ins>Engineer</ins>" in page
    assert "removed an employment: Engineer at Omnia" in page
    assert "Add an employment: Ana Albu" in browser.get("/admin/operations").text


def test_users_who_may_not_change_the_contact_only_see_its_employments(employed, ana, someone_with, sign_in):
    eve = someone_with("view_contact", "see_departments")
    browser = sign_in(eve)
    page = browser.get(f"{LIST}/{ana.pk}").text
    assert "Omnia" in page
    assert "/admin/companies/" not in page
    assert "employments/new" not in page
    assert page_of(employed) not in page
    for address in (f"{LIST}/{ana.pk}/employments/new", page_of(employed)):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{page_of(employed)}/remove").status_code == 403
    assert Employment.objects.present().exists()


def test_an_employment_of_another_contact_is_not_found(employed, make_contact, ann, sign_in):
    other = make_contact("Vera Novák")
    browser = sign_in(ann)
    assert browser.get(f"{LIST}/{other.pk}/employments/{employed.pk}").status_code == 404
    assert browser.post(f"{LIST}/{other.pk}/employments/{employed.pk}/remove").status_code == 404


def test_people_whom_a_user_does_not_see_are_not_on_the_page_of_the_company(
    employed, omnia, departments, ann, ben, sign_in
):
    """Ben sees Omnia but not Ana, who is Bob's."""
    from crm.records.history.verb_execution import operation

    with operation("test", by=None):
        Company.objects.filter(pk=omnia.pk).update(shared=True)
    page = sign_in(ben).get(f"/admin/companies/{omnia.pk}").text
    assert "Albu" not in page
    assert "Albu" not in sign_in(ben).get(f"/admin/companies/{omnia.pk}/people").text
    assert "Albu" in sign_in(ann).get(f"/admin/companies/{omnia.pk}/people").text


@pytest.mark.parametrize("model", [Company, Contact])
def test_employments_go_with_their_company_or_contact_and_undo_brings_them_back(model, employed, ada):
    rows = model.objects.all()
    carry_out(Delete(), rows, by=ada)
    purged = carry_out(Purge(), rows, by=ada).operation
    assert not Employment.objects.exists()
    assert Change.objects.filter(operation=purged, table="employment", kind="delete").exists()
    revert_operation(Operation.objects.get(pk=purged.pk), by=ada)
    assert Employment.objects.get(pk=employed.pk).role == "Buyer"


def test_a_contact_comes_back_without_an_employment_at_a_company_that_is_gone(employed, ada):
    for model in (Contact, Company):
        carry_out(Delete(), model.objects.all(), by=ada)
        carry_out(Purge(), model.objects.all(), by=ada)
    first = Operation.objects.filter(kind="purge").order_by("pk").first()
    revert_operation(first, by=ada)
    assert Contact.objects.exists()
    assert not Employment.objects.exists()


def test_the_whole_list_has_pages(ana, omnia, ann, sign_in):
    from crm.records.history.verb_execution import operation

    with operation("test", by=None):
        Employment.objects.bulk_create(
            Employment(contact=ana, company=omnia, role=f"Position {number:03}", started_on=date(2000, 1, 1))
            for number in range(60)
        )
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/{ana.pk}").text
    assert page.count("<span>Position ") == 10
    assert f'href="{LIST}/{ana.pk}/employments"' in page
    first = browser.get(f"{LIST}/{ana.pk}/employments").text
    second = browser.get(f"{LIST}/{ana.pk}/employments?start=50").text
    assert (first.count("<span>Position "), second.count("<span>Position ")) == (50, 10)
