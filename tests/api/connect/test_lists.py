"""CRM Connect: lists, three kinds of pages, search, single leads; every scalar is a text."""

import re

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import carry_out, operation
from leads.api import dialect_fields
from leads.api.connect.lead_rows import get_hex_color, get_nearest_hue
from leads.models import Lead
from leads.verbs import Move

NOTHING = {"status": False, "message": "No data were found"}


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def three(make_lead):
    return [make_lead(name) for name in ("Zoe Stone", "Adam Novák", "Eva Berg")]


def ids(found) -> list[int]:
    return [int(lead["id"]) for lead in found]


def test_a_fresh_installation_has_no_data(program):
    assert program.get("/api/leads", expect=404) == NOTHING
    assert program.get("/api/leads?nr_page=1&per_page=5", expect=404) == NOTHING
    assert program.get("/api/leads?page=1", expect=404) == NOTHING


@pytest.mark.parametrize(
    "path", ["/api/leads", "/api/leads/", "/api/leads?nr_page=&per_page=", "/api/leads?search="]
)
def test_without_a_page_the_list_is_a_bare_array_of_all(program, three, path):
    assert ids(program.get(path)) == [lead.pk for lead in three]


def test_limit_alone_does_not_paginate(program, three):
    assert len(program.get("/api/leads?limit=1")) == 3


def test_version_3_pages_have_numeric_meta_data(program, three):
    found = program.get("/api/leads?page=2&per_page=2")
    assert ids(found["data"]) == [three[2].pk]
    assert found["meta"] == {
        "page": 2,
        "per_page": 2,
        "total": 3,
        "total_pages": 2,
        "has_more": False,
        "current_page": 2,
        "last_page": 2,
    }


def test_a_page_has_25_rows_by_default(program, three):
    assert program.get("/api/leads?page=1")["meta"]["per_page"] == 25
    assert program.get("/api/leads?page=1&limit=2")["meta"]["per_page"] == 2
    assert program.get("/api/leads?per_page=2")["meta"]["has_more"] is True


def test_nr_page_returns_a_bare_array_and_the_total_in_a_header(program, three):
    assert ids(program.get("/api/leads?nr_page=2&per_page=2")) == [three[2].pk]
    assert program.last["X-Total-Count"] == "3"
    assert len(program.get("/api/leads?nr_page=&per_page=2")) == 2
    assert program.get("/api/leads?nr_page=9&per_page=2", expect=404) == NOTHING


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=-1", "page"),
        ("per_page=0", "per_page"),
        ("page=99999999999999999999", "page"),
        ("nr_page=1&per_page=many", "per_page"),
        ("sort=password", "sort"),
        ("sort=-", "sort"),
        ("fields=name,password", "fields"),
        ("created_after=yesterday", "created_after"),
        ("created_before=2026-02-30", "created_before"),
        ("created_before=9999-12-31", "created_before"),
        ("page=%00", "page"),
    ],
)
def test_invalid_url_parameters_are_named(program, three, query, name):
    found = program.get(f"/api/leads?{query}", expect=422)
    assert found["error"] == "validation_failed"
    assert list(found["errors"]) == [name]


def test_a_page_far_past_the_end_is_empty(program, three):
    assert program.get("/api/leads?page=1000000000000", expect=404) == NOTHING


def test_the_last_value_of_a_repeated_parameter_wins(program, three):
    assert program.get("/api/leads?page=9&page=1&per_page=1")["meta"]["page"] == 1


def test_the_list_is_sorted_by_one_or_more_fields(program, three):
    assert [row["name"] for row in program.get("/api/leads?sort=name")] == [
        "Adam Novák",
        "Eva Berg",
        "Zoe Stone",
    ]
    found = program.get("/api/leads?sort=status,-name&page=1")["data"]
    assert [row["name"] for row in found] == ["Zoe Stone", "Eva Berg", "Adam Novák"]


def test_only_the_requested_fields_and_the_id_are_returned(program, three):
    assert [set(row) for row in program.get("/api/leads?fields=name,%20email")] == [
        {"id", "name", "email"}
    ] * 3
    assert list(program.get("/api/leads?fields=city&page=1&per_page=1")["data"][0]) == ["id", "city"]


def test_the_first_and_last_day_are_included(program, make_lead):
    old = make_lead("Old")
    with operation("test", by=None):
        moment = timezone.make_aware(timezone.datetime(2026, 3, 5, 23, 59))
        Lead.objects.filter(pk=old.pk).update(created_at=moment)
    make_lead("New")
    for query in ("created_after=2026-03-05&created_before=2026-03-05", "created_before=2026-03-05"):
        assert ids(program.get(f"/api/leads?{query}")) == [old.pk]
    assert program.get("/api/leads?created_before=2026-03-04", expect=404) == NOTHING


def test_one_lead_has_all_columns_as_texts(program, make_lead, ann):
    lead = make_lead("Lead name", company="Themesic", country="GB", value="1000.00", owner=ann, shared=True)
    shown = program.get(f"/api/leads/{lead.pk}")
    assert list(shown) == [
        *dialect_fields.CONNECT,
        *dialect_fields.CONNECT_JOINED,
        "customfields",
        *dialect_fields.CONNECT_ONE,
    ]
    lists = {"customfields", "attachments"}
    assert all(value is None or isinstance(value, str) for name, value in shown.items() if name not in lists)
    expected = {"id": str(lead.pk), "name": "Lead name", "country": "235", "lead_value": "1000.00"}
    expected |= {
        "assigned": str(ann.pk),
        "is_public": "1",
        "status": str(lead.status_id),
        "lost": "0",
        "junk": "0",
    }
    expected |= {
        "contact": "",
        "from_form_id": "0",
        "client_id": "0",
        "lastcontact": None,
        "customfields": [],
    }
    expected |= {"status_name": "New", "source_name": "Website", "isdefault": "0", "statusorder": "1"}
    assert {name: shown[name] for name in expected} == expected
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{32}", shown["hash"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", shown["dateadded"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", shown["dateassigned"])
    assert shown["public_url"].endswith(f"/admin/leads/{lead.pk}")


def test_a_list_has_the_joined_names_but_not_the_values_of_a_single_lead(program, three):
    row = program.get("/api/leads")[0]
    assert row["status_name"] == "New"
    assert "attachments" not in row
    assert row == {
        name: value for name, value in program.get(f"/api/leads/{row['id']}").items() if name in row
    }


@pytest.mark.parametrize(("status", "flag"), [("lost", "lost"), ("disqualified", "junk")])
def test_a_closed_lead_has_status_0_its_flag_and_its_previous_status(
    program, make_lead, ann, statuses, reasons, status, flag
):
    lead = make_lead(status="qualified")
    verb = Move(getattr(statuses, status), reasons.budget)
    carry_out(verb, Lead.objects.changeable_by(ann).filter(pk=lead.pk), by=ann)
    shown = program.get(f"/api/leads/{lead.pk}")
    assert (shown["status"], shown[flag]) == ("0", "1")
    assert shown["last_lead_status"] == str(statuses.qualified.pk)


@pytest.mark.parametrize("path", ["abc", "0x10", "1.5", "-1", "１", "%20"])
def test_an_id_that_is_not_a_number_is_invalid(program, path):
    assert program.get(f"/api/leads/{path}", expect=404) == {"status": False, "message": "Invalid Lead ID"}


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 40])
def test_an_unknown_id_has_no_data(program, pk):
    assert program.get(f"/api/leads/{pk}", expect=404) == NOTHING


def test_invisible_and_deleted_leads_are_not_found(program, make_lead, departments):
    foreign = make_lead("Foreign", department=departments.export)
    binned = make_lead("Binned", deleted_at=timezone.now())
    shown = [program.get(f"/api/leads/{lead.pk}", expect=404) for lead in (foreign, binned)]
    assert shown == [NOTHING, NOTHING]
    assert program.get("/api/leads", expect=404) == NOTHING


@pytest.mark.parametrize(
    "term",
    [
        "/hemes",
        "/THEMES",
        "?q=hemes",
        "?query=hemes",
        "/new%20york",
        "/0722%20123",
        "/zip-77",
        "/ann.q%40x.com",
    ],
)
def test_search_finds_parts_of_a_leads_fields(program, make_lead, term):
    values = {"city": "New York", "phone": "0722 123 456", "zip": "zip-77", "email": "ann.q@x.com"}
    lead = make_lead("Lead name", company="Themesic Interactive", **values)
    make_lead("Other")
    found = program.get(f"/api/leads/search{term}")
    assert ids(found) == [lead.pk]
    assert found[0]["customfields"] == []
    assert "status_name" not in found[0]


def test_search_results_are_sorted_by_name_without_junk(program, make_lead, reasons):
    for name in ("Zoe", "Éric", "adam"):
        make_lead(f"{name} Acme")
    make_lead("Junk Acme", status="disqualified", lost_reason=reasons.budget)
    found = program.get("/api/leads/search/acme")
    assert [row["name"] for row in found] == ["adam Acme", "Éric Acme", "Zoe Acme"]


def test_tags_match_only_as_a_whole(program, make_lead, make_tag):
    hot = make_tag("hot")
    lead = make_lead(tags=[hot.pk])
    make_lead("hot water")
    assert ids(program.get("/api/leads/search/%23HOT")) == [lead.pk]
    assert program.get("/api/leads/search/%23ho", expect=404) == NOTHING


@pytest.mark.parametrize("term", ["/foreign", "?q=foreign", "/%23hot"])
def test_search_finds_only_visible_leads(program, connect, carla, make_lead, make_tag, departments, term):
    lead = make_lead("Foreign", tags=[make_tag("hot").pk], department=departments.export)
    assert program.get(f"/api/leads/search{term}", expect=404) == NOTHING
    assert ids(connect(carla).get(f"/api/leads/search{term}")) == [lead.pk]


@pytest.mark.parametrize(
    "path", ["/api/leads/search", "/api/leads/search/", "/api/leads/search?q=", "/api/leads/search/%20"]
)
def test_search_without_a_term_gets_a_message(program, path):
    found = program.get(path, expect=400)
    assert found["status"] is False
    assert found["message"].startswith("Search term is required.")


@pytest.mark.parametrize(
    "term", ["nothing", "%25", "_", "'%3B--", "%00", "%ff", "a" * 3000, "..%2f..", "%23", "test"]
)
def test_a_search_without_results_gets_a_message(program, three, term):
    assert program.get(f"/api/leads/search/{term}", expect=None)["status"] is False
    assert program.last.status_code in (400, 404)


def test_each_hue_becomes_a_color_that_is_read_back():
    assert [get_nearest_hue(get_hex_color(step * 10)) for step in range(36)] == [
        step * 10 for step in range(36)
    ]
    assert get_nearest_hue("#757575") is None
    assert get_nearest_hue("no colour") is None
    assert get_nearest_hue("#f00") == 0
