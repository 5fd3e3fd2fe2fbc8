"""Parameter pollution: values sent twice, in brackets, or in two places count once and bypass nothing."""

import pytest
from django.test import Client

from leads.models import Lead
from tests.api.conftest import make_token
from tests.api.v2.test_lists_and_changes import named

FORM = "application/x-www-form-urlencoded"
UMBRA = "/v1/crm/leads"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann, city="Brno")


@pytest.mark.parametrize(
    "query",
    [
        "page=9&page=1&per_page=1",
        "page[]=9&page=1",
        "page=1&Page=9",
        "page=1&page[$gt]=0",
        "page=1&owner=1&department=1&pk=5&id__gt=9999",
        "page=1&per_page=1&visible_to=1&order_by=password",
    ],
)
def test_the_last_value_of_a_parameter_wins_and_brackets_are_ignored(connect, ann, lead, query):
    found = connect(ann).get(f"/api/leads?{query}")
    assert [row["id"] for row in found["data"]] == [str(lead.pk)]


@pytest.mark.parametrize("query", ["status=lost&status=new", "status=new&status__in=lost"])
def test_the_same_applies_to_umbras_parameters(umbra, ann, lead, query):
    assert umbra(ann).get(f"{UMBRA}?{query}")["total_count"] == 1


def test_umbras_status_in_brackets_is_not_taken_for_all_leads(umbra, ann, lead):
    assert [*umbra(ann).get(f"{UMBRA}?status[]=lost", expect=422)["errors"]] == ["status[]"]


def test_a_filter_of_our_own_list_sent_twice_is_combined_with_or_or_rejected(umbra, ann, lead, statuses):
    program = umbra(ann)
    for query in (f"status={statuses.new.pk}&status={statuses.lost.pk}", "vip=yes&vip=no"):
        assert len(program.get(f"/api/v2/leads?{query}")["leads"]) == 1
    assert named(program.get("/api/v2/leads?status[]=1", expect=422)) == ["status[]"]


@pytest.mark.parametrize("kind", ["application/json", FORM])
def test_the_last_value_of_a_field_wins(connect, ann, lead, kind):
    body = '{"city": "Wien", "city": "Cluj"}' if kind != FORM else "city=Wien&city=Cluj&city[]=Linz"
    connect(ann).put(f"/api/leads/{lead.pk}?city=Paris", body, kind=kind)
    lead.refresh_from_db()
    assert lead.city == "Cluj"


def test_query_parameters_are_not_fields(connect, umbra, ann, lead, new_lead):
    connect(ann).put(f"/api/leads/{lead.pk}?city=Cluj", expect=406)
    connect(ann).post("/api/leads?name=x&source=1&status=1&assigned=1", {}, expect=422)
    umbra(ann).post(f"{UMBRA}?first_name=x&last_name=x&email=x@example.com", {}, expect=422)
    assert Lead.objects.count() == 1


def test_the_id_in_the_body_does_not_select_another_lead(connect, umbra, ann, lead, make_lead):
    other = make_lead("Other", owner=ann, city="Brno")
    connect(ann).put(f"/api/leads/{lead.pk}?id={other.pk}", {"id": other.pk, "pk": other.pk, "city": "Cluj"})
    umbra(ann).put(f"{UMBRA}/{lead.public_id}", {"id": other.public_id, "notes": "x"})
    other.refresh_from_db()
    assert (other.city, other.description, other.version) == ("Brno", "", 1)


def test_two_tokens_in_one_call_grant_no_more_than_one(ann, bob, lead):
    mine, other = make_token(ann), make_token(bob, ["leads.post"])
    asked = Client(headers={"authtoken": other})
    # The header counts, whatever the URL contains.
    assert asked.get(f"/api/leads?page=1&authtoken={mine}").status_code == 403
    assert Client().get(f"/api/leads?page=1&authtoken={mine}&authtoken={other}").status_code == 403
    assert Client().get(f"/api/leads?page=1&authtoken={other}&authtoken={mine}").status_code == 200
    # Each dialect reads the token only where it expects it.
    assert Client().get(f"{UMBRA}?authtoken={mine}").status_code == 401
    assert Client(headers={"authtoken": mine}).get(UMBRA).status_code == 401
    both = {"authtoken": mine, "Authorization": f"Bearer {other}"}
    assert Client(headers=both).get(UMBRA).status_code == 403


def test_the_method_cannot_be_overridden(connect, ann, lead):
    program = connect(ann)
    program.call(
        "POST", f"/api/leads/{lead.pk}?_method=DELETE", expect=405, **{"X-HTTP-Method-Override": "DELETE"}
    )
    program.get(f"/api/leads/{lead.pk}?_method=DELETE")
    assert Lead.objects.present().count() == 1
