"""What lists of leads do with the parameters of a URL: no program takes all leads for those that it looked for."""

import pytest
from django.utils import timezone

from crm.api.call_parameters import get_ignored_parameters
from crm.api.problems import ApiProblem

KNOWN, FIELDS = ("page", "sort", "search"), ("id", "email", "status")
PARAMETERS = {
    "a known one": (["page"], []),
    "a known one that narrows": (["search"], []),
    "none": ([], []),
    "one that means nothing": (["page", "cache_buster"], ["cache_buster"]),
    "two that mean nothing": (["_", "sort", "view"], ["_", "view"]),
    "a field": (["email"], "email"),
    "a field in other capitals": (["Email"], "Email"),
    "a field with an operator": (["email[eq]"], "email[eq]"),
    "a filter": (["filter[status]"], "filter[status]"),
    "another word for a search": (["page", "q"], "q"),
    "a part of a field's name": (["mail"], ["mail"]),
}


@pytest.mark.parametrize(("sent", "outcome"), PARAMETERS.values(), ids=PARAMETERS)
def test_what_becomes_of_a_parameter(sent, outcome):
    if isinstance(outcome, list):
        assert get_ignored_parameters(sent, KNOWN, FIELDS) == outcome
        return
    with pytest.raises(ApiProblem) as refused:
        get_ignored_parameters(sent, KNOWN, FIELDS)
    assert (refused.value.status, [*refused.value.errors]) == (422, [outcome])


@pytest.fixture
def program(connect, ada):
    return connect(ada)


@pytest.fixture
def found(make_lead, make_tag, reasons):
    hot = make_tag("hot")
    for name in ("Zoe", "Éric", "adam"):
        make_lead(f"{name} Acme", city="Sibiu", tags=[hot.pk])
    make_lead("Junk Acme", status="disqualified", lost_reason=reasons.budget)
    make_lead("Acme in Trash", deleted_at=timezone.now())
    make_lead("Somebody Else")


@pytest.mark.parametrize(
    "term", ["acme", "ACME sibiu", "%23hot", "zoe", "nobody", "..", "%00", "%25", "Éric%20acme"]
)
def test_the_list_is_searched_like_the_search(program, found, term):
    search = program.get(f"/api/leads/search?q={term}", expect=None)
    asked = program.get(f"/api/leads?search={term}", expect=None)
    page = program.get(f"/api/leads?search={term}&page=1&per_page=2", expect=None)
    bare = program.get(f"/api/leads?search={term}&nr_page=1&per_page=2", expect=None)
    if isinstance(search, dict):
        # Without a term, the search asks for one.
        assert [one["status"] for one in (asked, page, bare)] == [False, False, False]
        return
    ids = [row["id"] for row in search]
    assert ids
    assert [row["id"] for row in asked] == ids
    assert [row["id"] for row in page["data"]] == [row["id"] for row in bare] == ids[:2]
    assert page["meta"]["total"] == len(ids)
    last_first = program.get(f"/api/leads?search={term}&sort=-name")
    assert [row["id"] for row in last_first] == ids[::-1]
    assert program.get(f"/api/leads?search={term}&created_before=2001-01-01", expect=None)["status"] is False


@pytest.mark.parametrize(("start", "dialect"), [("/api/leads", "connect"), ("/v1/crm/leads", "umbra")])
def test_a_list_says_which_parameters_have_no_effect(start, dialect, connect, umbra, ada, make_lead):
    make_lead("Ana")
    program = {"connect": connect, "umbra": umbra}[dialect](ada)
    program.get(f"{start}?limit=1")
    assert "X-Ignored-Parameters" not in program.last
    program.get(f"{start}?limit=1&_=17&größe=2")
    assert program.last["X-Ignored-Parameters"] == "_, gr%C3%B6%C3%9Fe"
    for name in ("email", "company", "q", "filter[status]"):
        problem = program.get(f"{start}?limit=1&{name}=x", expect=422)
        assert [*problem["errors"]] == [name]
