"""API v2 shows and changes who a request is from as its page does."""

import pytest

from crm.api.token_scopes import get_all_rights
from crm.records.history.verb_execution import operation
from customers.models import Company, Request
from tests.api.conftest import umbra
from tests.api.page_and_call import carry_out_by_call, carry_out_by_page

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db


def path(row) -> str:
    return f"/api/v2/requests/{row.pk}/links"


@pytest.fixture
def known(omnia, ana, make_lead, make_company, departments):
    """Records by the words of the table: one of each type, another company, and one out of reach."""
    return {
        "omnia": omnia,
        "alba": make_company("Alba"),
        "ana": ana,
        "lead": make_lead("Ana Albu"),
        "elsewhere": make_company("Far", department=departments.export),
        "gone": make_company("Gone"),
        "": None,
    }


def get_sent_form(context):
    return next(place.form for place in context["places"] if place.form and place.form.errors)


# What the request is linked to, and what is linked.
CASES = {
    "a company": ({}, "company", "omnia"),
    "a lead": ({}, "lead", "lead"),
    "a contact, which brings its company": ({}, "contact", "ana"),
    "a contact beside another company": ({"company": "alba"}, "contact", "ana"),
    "another company": ({"company": "alba"}, "company", "omnia"),
    "the same company": ({"company": "omnia"}, "company", "omnia"),
    "nothing any more": ({"company": "omnia", "contact": "ana"}, "company", ""),
    "nothing as before": ({}, "lead", ""),
    "a company out of reach": ({}, "company", "elsewhere"),
    "a company in Trash": ({}, "company", "gone"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_link_is_changed_as_on_the_page(case, inquiry, known, ann, sign_in, umbra):
    before, name, chosen = CASES[case]
    with operation("test", by=None):
        Company.objects.filter(name="Gone").update(deleted_at=known["omnia"].created_at)
        Request.objects.filter(pk=inquiry.pk).update(**{key: known[word] for key, word in before.items()})
    pk = known[chosen] and known[chosen].pk
    address = f"/admin/requests/{inquiry.pk}/link/{name}"
    expected = carry_out_by_page(
        sign_in(ann), address, {name: f"#{pk}" if pk else ""}, [Request], get_sent_form
    )
    assert carry_out_by_call(umbra(ann), "PATCH", path(inquiry), {name: pk}, [Request]) == expected


def test_several_links_are_one_operation_and_what_is_sent_counts_more_than_what_a_contact_brings(
    inquiry, known, ann, umbra
):
    program = umbra(ann)
    sent = {"company": known["alba"].pk, "contact": known["ana"].pk, "lead": known["lead"].pk}
    answer = program.patch(path(inquiry), sent)
    assert {name: answer[name] for name in sent} == sent
    assert program.patch(path(inquiry), {})["operation"] is None
    program.patch(path(inquiry), {"contact": None, "company": None})
    answer = program.patch(path(inquiry), {"contact": known["ana"].pk, "company": None})
    assert (answer["contact"], answer["company"]) == (known["ana"].pk, None)


def test_the_links_have_names_and_the_records_that_match_have_reasons(inquiry, known, ann, umbra):
    program = umbra(ann)
    found = program.get(path(inquiry))
    assert found["company"] == {
        "linked": None,
        "matches": [{"id": known["omnia"].pk, "name": "Omnia", "reasons": ["domain", "company_name"]}],
    }
    assert found["contact"]["matches"][0]["reasons"] == ["email", "name"]
    assert [one["id"] for one in found["lead"]["matches"]] == [known["lead"].pk]
    program.patch(path(inquiry), {"contact": known["ana"].pk})
    found = program.get(path(inquiry))
    assert found["contact"] == {"linked": {"id": known["ana"].pk, "name": "Ana Albu"}, "matches": []}


def test_only_records_that_the_token_may_read_are_offered(inquiry, known, ann, bob, umbra):
    narrow = umbra(ann, [right for right in get_all_rights() if right != "companies.get"])
    found = narrow.get(path(inquiry))
    assert (found["company"]["matches"], len(found["contact"]["matches"])) == ([], 1)
    # As on the page, those who may only see the request are offered nothing.
    assert umbra(bob).get(path(inquiry))["contact"]["matches"] == []
    assert umbra(ann, ["requests.get", "contacts.get"]).get(path(inquiry))["contact"]["matches"] == []


def test_links_take_the_rights_of_the_page_and_the_version(
    inquiry, known, ann, bob, dan, someone_with, umbra
):
    sent = {"company": known["omnia"].pk}
    umbra(dan).get(path(inquiry), expect=404)
    umbra(dan).patch(path(inquiry), sent, expect=404)
    umbra(bob).patch(path(inquiry), sent, expect=403)
    umbra(ann, ["requests.get"]).patch(path(inquiry), sent, expect=403)
    eve = someone_with("view_request", "change_request", "see_departments")
    umbra(eve).patch(path(inquiry), sent, expect=403)
    umbra(ann).patch(path(inquiry), sent, expect=412, **{"If-Match": '"9"'})
    inquiry.refresh_from_db()
    assert inquiry.company_id is None
