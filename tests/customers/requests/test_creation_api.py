"""API v2 makes leads and deals of requests as the buttons on their page do: the same records, operations and refusals."""

import pytest

from crm.api.token_scopes import get_all_rights
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from customers.models import Company, Contact, Deal, Request
from leads.models import Lead, Status
from tests.api.conftest import umbra
from tests.api.page_and_call import carry_out_by_call, carry_out_by_page

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
TABLES = (Request, Lead, Company, Contact, Deal)


def page(row, name: str) -> str:
    return f"/admin/requests/{row.pk}/{name}"


def path(row, name: str) -> str:
    return f"/api/v2/requests/{row.pk}/make-{name}"


def made():
    return Operation.objects.filter(kind__in=["create_lead", "make_deal"])


@pytest.fixture
def change(inquiry):
    """change(email="") changes the request in the background."""

    def change_request(**values):
        with operation("test", by=None):
            Request.objects.filter(pk=inquiry.pk).update(**values)
        inquiry.refresh_from_db()

    return change_request


def require_city():
    with operation("test", by=None):
        Status.objects.filter(kind="new").update(required_fields=["city"])


def fill_in(browser, address: str, **values) -> dict:
    """What a user sends who adds these values to the form that asks for more."""
    form = browser.post(address).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None} | values


NOBODY = {"first_name": "", "last_name": "", "company_name": "", "email": "", "phone": "", "phone_normal": ""}
# What the request is, what the user adds on the page, and what a program sends for the lead.
LEADS = {
    "as it came": ({}, {}, {}),
    "by a web form": ({"channel": "form"}, {}, {}),
    "spam": ({"state": "spam"}, {}, {}),
    "without anyone": (NOBODY, {}, {}),
    "with a name that was missing": (NOBODY, {"last_name": "Albu"}, {"last_name": "Albu"}),
}


@pytest.mark.parametrize("case", LEADS)
def test_a_lead_is_made_as_by_the_button(case, inquiry, change, bob, ann, sign_in, umbra):
    values, by_hand, lead = LEADS[case]
    change(owner=bob, **values)
    browser = sign_in(ann)
    sent = fill_in(browser, page(inquiry, "lead"), **by_hand) if by_hand else {}
    expected = carry_out_by_page(browser, page(inquiry, "lead"), sent, TABLES)
    body = {"lead": lead} if lead else {}
    assert carry_out_by_call(umbra(ann), "POST", path(inquiry, "lead"), body, TABLES) == expected
    assert bool(expected.operations) is not bool(expected.refused)


@pytest.mark.parametrize("city", ["", "Cluj"])
def test_what_a_status_requires_is_asked_for_and_taken_as_on_the_form(city, inquiry, ann, sign_in, umbra):
    require_city()
    browser = sign_in(ann)
    sent = fill_in(browser, page(inquiry, "lead"), city=city)
    expected = carry_out_by_page(browser, page(inquiry, "lead"), sent, TABLES)
    body = {"lead": {"city": city}}
    assert carry_out_by_call(umbra(ann), "POST", path(inquiry, "lead"), body, TABLES) == expected
    problem = umbra(ann).post(path(inquiry, "lead"), {}, expect=422)
    assert [row["parameter"] for row in problem["errors"]] == ["lead.city"]


def test_a_lead_has_its_address_and_one_undo_takes_it_back(inquiry, ann, umbra):
    program = umbra(ann)
    answer = program.post(path(inquiry, "lead"), {}, expect=201)
    lead = Lead.objects.get()
    assert program.last["Location"] == f"/api/v2/leads/{lead.pk}"
    assert (answer["lead"], answer["added"], answer["deal"]) == (lead.pk, ["lead"], None)
    again = program.post(path(inquiry, "lead"), {}, expect=409)
    assert (again["code"], again["detail"]) == ("already_done", "This request already has a lead.")
    revert_operation(Operation.objects.get(pk=answer["operation"]), by=ann)
    assert not Lead.objects.present().exists()


# What is linked, what there is, and what the request lacks.
DEALS = {
    "known well enough": ([], [], {}),
    "a sender who exists": ([], ["company", "contact"], {}),
    "linked records": (["company", "contact"], ["company", "contact"], {}),
    "a linked company": (["company"], ["company"], {}),
    "no company name": ([], [], {"company_name": ""}),
    "only an email": ([], [], {**NOBODY, "email": "ion@gmail.com"}),
    "nobody": ([], [], NOBODY),
    "several companies": ([], ["company", "company"], {}),
}


@pytest.mark.parametrize("case", DEALS)
def test_a_deal_is_made_as_by_the_button(
    case, inquiry, change, make_company, make_contact, bob, ann, sign_in, umbra
):
    linked, existing, values = DEALS[case]
    known = {
        "company": lambda: make_company("Omnia", domain="omnia.example", owner=bob),
        "contact": lambda: make_contact("Ana Albu", email="ana@omnia.example", owner=bob),
    }
    made = {name: known[name]() for name in existing}
    change(**values, **{name: made[name] for name in linked})
    expected = carry_out_by_page(sign_in(ann), page(inquiry, "deal"), {}, TABLES)
    assert carry_out_by_call(umbra(ann), "POST", path(inquiry, "deal"), {}, TABLES) == expected
    assert bool(expected.operations) is not bool(expected.refused)


def test_users_who_may_not_add_companies_get_a_lead_with_the_deal_as_on_the_page(
    inquiry, someone_with, sign_in, umbra
):
    rights = [f"{act}_{one}" for one in ("request", "deal", "lead") for act in ("view", "add", "change")]
    eve = someone_with(*rights, "see_departments")
    expected = carry_out_by_page(sign_in(eve), page(inquiry, "deal"), {}, TABLES)
    assert carry_out_by_call(umbra(eve), "POST", path(inquiry, "deal"), {}, TABLES) == expected
    answer = umbra(eve).post(path(inquiry, "deal"), {"lead": {"city": "Cluj"}}, expect=201)
    assert (answer["added"], Lead.objects.get().city) == (["lead", "deal"], "Cluj")


def test_a_preview_says_what_would_be_made_and_writes_nothing(inquiry, omnia, make_contact, ann, bob, umbra):
    program, asked = umbra(ann), {"preview": True}
    answer = program.post(path(inquiry, "deal"), asked)
    assert answer == {
        "operation": None, "lead": None, "company": omnia.pk, "contact": None, "deal": None,
        "added": ["contact", "deal"], "problems": [],
    }  # fmt: skip
    for _number in range(2):
        make_contact("Ana Albu", email="ana@omnia.example", owner=bob)
    answer = program.post(path(inquiry, "deal"), asked)
    assert [row["detail"] for row in answer["problems"]] == [
        "Several companies or contacts match the sender. Link the right ones first."
    ]
    require_city()
    answer = program.post(path(inquiry, "lead"), asked)
    assert [row["parameter"] for row in answer["problems"]] == ["lead.city"]
    assert not made().exists()
    assert program.post(path(inquiry, "lead"), {**asked, "lead": {"city": "Cluj"}})["added"] == ["lead"]


# The right that is missing, and the call for which it is.
MISSING = {
    "to change requests": ("requests.put", "lead"),
    "to add leads": ("leads.post", "lead"),
    "to add deals": ("deals.post", "deal"),
    "to add the company": ("companies.post", "deal"),
    "to add the contact": ("contacts.post", "deal"),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_token_makes_only_what_it_may_add(case, inquiry, ann, umbra):
    right, name = MISSING[case]
    program = umbra(ann, [one for one in get_all_rights() if one != right])
    program.post(path(inquiry, name), {}, expect=403)
    assert not made().exists()
    umbra(ann).post(path(inquiry, name), {}, expect=201)


def test_a_preview_takes_the_right_to_read(inquiry, ann, umbra):
    program = umbra(ann, [one for one in get_all_rights() if one != "requests.get"])
    program.post(path(inquiry, "deal"), {"preview": True}, expect=403)
    program.post(path(inquiry, "deal"), {}, expect=201)


@pytest.mark.parametrize("name", ["lead", "deal"])
def test_a_request_out_of_reach_is_not_found_and_one_that_is_only_seen_is_refused(
    name, inquiry, bob, dan, umbra
):
    umbra(dan).post(path(inquiry, name), {}, expect=404)
    umbra(bob).post(path(inquiry, name), {}, expect=403)
    assert not made().exists()


@pytest.mark.parametrize(
    ("lead", "parameter"),
    [
        ({"nonsense": 1}, "lead.nonsense"),
        ({"vip": "yes"}, "lead.vip"),
        ({"url": "x"}, "lead.url"),
        ({"custom_fields": {"c9": 1}}, "lead.custom_fields.c9"),
        ({"email": "nobody"}, "lead.email"),
    ],
)
def test_a_wrong_value_of_the_lead_is_named_and_writes_nothing(lead, parameter, inquiry, ann, umbra):
    problem = umbra(ann).post(path(inquiry, "lead"), {"lead": lead}, expect=422)
    assert [row["parameter"] for row in problem["errors"]] == [parameter]
    assert not made().exists()
