"""API v2 lists, adds, changes and removes the employments of a contact as its page does."""

from datetime import date

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from customers.models import Employment
from tests.api.conftest import umbra
from tests.api.page_and_call import carry_out_by_call, carry_out_by_page

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db


def path(contact, row=None) -> str:
    return f"/api/v2/contacts/{contact.pk}/employments" + (f"/{row.pk}" if row else "")


@pytest.fixture
def row(ana, omnia):
    with operation("test", by=None):
        return Employment.objects.create(
            contact=ana, company=omnia, role="Buyer", started_on=date(2019, 3, 1), ended_on=date(2022, 6, 30)
        )


@pytest.fixture
def companies(omnia, make_company, departments):
    return {
        "omnia": omnia,
        "alba": make_company("Alba"),
        "far": make_company("Far", department=departments.export),
    }


def fill(sent: dict, companies: dict, sign: str) -> dict:
    """With the id of the company in the place of its word; `sign` stands before it on the page."""
    if "company" not in sent:
        return sent
    pk = companies[sent["company"]].pk
    return {**sent, "company": f"{sign}{pk}" if sign else pk}


LONG = "x" * 201
# What is sent for a new one, by the page and by a program alike.
NEW = {
    "only a company": {"company": "alba"},
    "a position with its days": {"company": "alba", "role": " Head  buyer", "started_on": "2020-01-01"},
    "a past one": {"company": "omnia", "started_on": "2020-01-01", "ended_on": "2021-01-01"},
    "without a company": {"role": "Buyer"},
    "at a company out of reach": {"company": "far"},
    "ending before it starts": {"company": "alba", "started_on": "2020-01-01", "ended_on": "2019-01-01"},
    "a day that there isn’t": {"company": "alba", "started_on": "2020-02-31"},
    "a long position": {"company": "alba", "role": LONG},
}


@pytest.mark.parametrize("case", NEW)
def test_an_employment_is_added_as_on_the_page(case, ana, companies, ann, sign_in, umbra):
    address = f"/admin/contacts/{ana.pk}/employments/new"
    by_hand, body = (fill(NEW[case], companies, sign) for sign in ("#", ""))
    expected = carry_out_by_page(sign_in(ann), address, by_hand, [Employment])
    assert carry_out_by_call(umbra(ann), "POST", path(ana), body, [Employment]) == expected
    assert bool(expected.operations) is not bool(expected.refused)


# What differs on the page, which sends all of it, and what a program sends.
BEFORE = {"company": "omnia", "role": "Buyer", "started_on": "2019-03-01", "ended_on": "2022-06-30"}
CHANGES = {
    "another position": {"role": "Head buyer"},
    "another company": {"company": "alba"},
    "it continues": {"ended_on": None},
    "it ended": {"ended_on": "2023-01-31"},
    "it ends before it starts": {"ended_on": "2018-01-31"},
    "a company out of reach": {"company": "far"},
    "nothing": {},
    "the same": {"role": "Buyer"},
}


@pytest.mark.parametrize("case", CHANGES)
def test_an_employment_is_changed_as_on_the_page(case, row, ana, companies, ann, sign_in, umbra):
    by_hand = fill(BEFORE | CHANGES[case], companies, "#") | {"version": row.version}
    by_hand = {name: "" if value is None else value for name, value in by_hand.items()}
    address = f"/admin/contacts/{ana.pk}/employments/{row.pk}"
    expected = carry_out_by_page(sign_in(ann), address, by_hand, [Employment])
    body = fill(CHANGES[case], companies, "")
    assert carry_out_by_call(umbra(ann), "PATCH", path(ana, row), body, [Employment]) == expected


def test_an_employment_is_removed_as_on_the_page_and_an_undo_brings_it_back(row, ana, ann, sign_in, umbra):
    address = f"/admin/contacts/{ana.pk}/employments/{row.pk}/remove"
    expected = carry_out_by_page(sign_in(ann), address, {}, [Employment])
    assert carry_out_by_call(umbra(ann), "DELETE", path(ana, row), None, [Employment]) == expected
    program = umbra(ann)
    record = Operation.objects.get(pk=program.delete(path(ana, row))["operation"])
    assert not Employment.objects.present().exists()
    program.get(path(ana, row), expect=404)
    revert_operation(record, by=ann)
    assert program.get(path(ana, row))["role"] == "Buyer"


def test_a_new_employment_has_its_address_and_is_in_the_list(row, ana, companies, ann, umbra):
    program = umbra(ann)
    answer = program.post(path(ana), {"company": companies["alba"].pk}, expect=201)
    assert program.last["Location"] == path(ana) + f"/{answer['id']}"
    found = program.get(program.last["Location"])
    assert (found["company_name"], found["role"], found["ended_on"]) == ("Alba", "", None)
    assert [one["id"] for one in program.get(path(ana))["employments"]] == [answer["id"], row.pk]
    page = program.get(path(ana) + "?limit=1")
    assert (page["employments"], page["next"]) == ([found], answer["id"])
    rest = program.get(path(ana) + f"?limit=1&before={page['next']}")
    assert ([one["id"] for one in rest["employments"]], rest["next"]) == ([row.pk], None)
    assert rest["employments"][0]["started_on"] == "2019-03-01"


def test_an_employment_of_another_contact_or_out_of_reach_is_not_found(
    row, ana, vera, ann, bob, ben, dan, umbra
):
    program = umbra(ann)
    for method, data in (("GET", None), ("PATCH", {"role": "X"}), ("DELETE", None)):
        program.call(method, path(vera, row), data, expect=404)
        umbra(dan).call(method, path(ana, row), data, expect=404)
    umbra(dan).get(path(ana), expect=404)
    umbra(dan).post(path(ana), {}, expect=404)
    assert Employment.objects.get().version == row.version


def test_a_change_takes_the_right_to_change_contacts_and_the_version(
    row, ana, companies, ann, someone_with, umbra
):
    reader = someone_with("view_contact", "see_departments")
    for program in (umbra(ann, ["contacts.get", "contacts.post", "contacts.delete"]), umbra(reader)):
        program.get(path(ana))
        program.post(path(ana), {"company": companies["alba"].pk}, expect=403)
        program.patch(path(ana, row), {"role": "X"}, expect=403)
        program.delete(path(ana, row), expect=403)
    old = {"If-Match": '"9"'}
    umbra(ann).patch(path(ana, row), {"role": "X"}, expect=412, **old)
    umbra(ann).delete(path(ana, row), expect=412, **old)
    assert [one.role for one in Employment.objects.present()] == ["Buyer"]


@pytest.mark.parametrize("value", ["Omnia", "1", True, None, [1], 1.5])
def test_a_company_is_named_by_its_id(value, ana, omnia, ann, umbra):
    problem = umbra(ann).post(path(ana), {"company": value}, expect=422)
    assert [error["parameter"] for error in problem["errors"]] == ["company"]


def test_users_who_may_not_see_companies_keep_the_one_of_an_employment(row, ana, omnia, someone_with, umbra):
    eve = someone_with("view_contact", "change_contact", "see_departments")
    program = umbra(eve)
    problem = program.patch(path(ana, row), {"company": omnia.pk}, expect=422)
    assert problem["errors"] == [{"parameter": "company", "detail": "You may not change this field."}]
    program.patch(path(ana, row), {"role": "Head buyer"})
    assert Employment.objects.get().company == omnia
