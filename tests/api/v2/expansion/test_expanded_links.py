"""`expand` in API v2: the names of what records link to, as far as the user of the token sees it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.api.v2.expansion.expanded_links import get_expandable_fields
from crm.records.kinds.kind_registry import KINDS
from tests.api.v2.test_asked_for import raw
from tests.api.v2.test_lists_and_changes import LEADS, named

COMPANIES, CONTACTS, DEALS = "/api/v2/companies", "/api/v2/contacts", "/api/v2/deals"


@pytest.fixture
def hidden(make_company, dan, departments):
    return make_company("Hidden", owner=dan, department=departments.export)


def test_a_lead_has_the_names_of_what_it_links_to(program, make_lead, ann, statuses, sources, departments):
    lead = make_lead("Eva", owner=ann)
    plain = program.get(f"{LEADS}/{lead.pk}")
    found = program.get(f"{LEADS}/{lead.pk}?expand=owner,status,source,department,lost_reason")
    assert found.pop("expanded") == {
        "owner": {"id": ann.pk, "name": "Ann"},
        "status": {"id": statuses.new.pk, "name": "New", "category": "new"},
        "source": {"id": lead.source_id, "name": lead.source.name, "category": lead.source.kind},
        "department": {"id": departments.sales.pk, "name": "Sales"},
        "lost_reason": None,
    }
    assert found == plain
    assert "expanded" not in plain


# The name of a case, whose company it is, and whether it is in Trash; whether the token's user gets its name.
CASES = [
    ("a company of the user", "ann", False, True),
    ("a company out of sight", "dan", False, False),
    ("a company in Trash", "ann", True, False),
]


@pytest.mark.parametrize(
    ("owner", "trashed", "shown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.parametrize("kind", ["company", "contact"])
def test_a_linked_record_is_expanded_if_the_user_sees_it(
    program, request, make_company, make_contact, ann, departments, owner, trashed, shown, kind
):
    of = departments.export if owner == "dan" else departments.sales
    linked = make_company("Omnia", owner=request.getfixturevalue(owner), department=of)
    field, url, make = (
        ("parent", COMPANIES, make_company) if kind == "company" else ("company", CONTACTS, make_contact)
    )
    record = make("Some", owner=ann, **{field: linked})
    if trashed:
        program.delete(f"{COMPANIES}/{linked.pk}")
    for found in (
        program.get(f"{url}/{record.pk}?expand={field}"),
        program.get(f"{url}?expand={field}&ids={record.pk}")[KINDS[kind].urls][0],
    ):
        assert found[field] == linked.pk
        assert found["expanded"] == {field: {"id": linked.pk, "name": "Omnia"} if shown else None}


def test_a_user_who_may_view_no_contacts_gets_no_names_of_them(
    program, umbra, someone_with, make_contact, make_company, ann
):
    viewer = someone_with("customers.view_company", "customers.view_deal", "customers.view_all_deals")
    contact = make_contact("Ion", owner=ann)
    pk = program.post(DEALS, {"name": "Boilers", "contact": contact.pk}, expect=201)["id"]
    assert program.get(f"{DEALS}/{pk}?expand=contact")["expanded"]["contact"]["name"] == "Ion"
    found = umbra(viewer).get(f"{DEALS}/{pk}?expand=contact", expect=None)
    assert found.get("expanded", {"contact": None}) == {"contact": None}


def test_all_links_of_each_record_type_can_be_expanded(program):
    assert [*get_expandable_fields(KINDS["lead"])] == [
        "status", "lost_reason", "source", "owner", "department", "client", "client_contact",
    ]  # fmt: skip
    for kind in KINDS.values():
        names = ",".join(get_expandable_fields(kind))
        program.get(f"/api/v2/{kind.urls}?expand={names}")


def test_an_unknown_link_is_refused_with_those_that_there_are(program, make_lead, ann):
    lead = make_lead("Eva", owner=ann)
    for url in (LEADS, f"{LEADS}/{lead.pk}"):
        problem = program.get(f"{url}?expand=owner,city", expect=422)
        assert named(problem) == ["expand"]
        assert "'city' can't be expanded" in str(problem)
        assert "status, lost_reason, source" in str(problem)


def test_fields_and_expand_go_together(program, make_lead, ann):
    lead = make_lead("Eva", owner=ann)
    found = raw(program, f"{LEADS}?fields=id,owner&expand=owner")["leads"][0]
    assert found == {"id": lead.pk, "owner": ann.pk, "expanded": {"owner": {"id": ann.pk, "name": "Ann"}}}


def test_a_page_with_linked_objects_takes_as_many_queries_as_one_without(
    program, make_contact, make_company, ann
):
    for number in range(12):
        make_contact(f"C{number}", owner=ann, company=make_company(f"O{number}", owner=ann))

    def count(query: str) -> int:
        program.get(f"{CONTACTS}?limit=10{query}")
        with CaptureQueriesContext(connection) as found:
            program.get(f"{CONTACTS}?limit=10{query}")
        return len(found)

    assert count("&expand=owner,company,department") == count("")
