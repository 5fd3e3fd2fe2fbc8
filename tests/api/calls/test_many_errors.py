"""A body that is mostly wrong gets a short answer, and one with more parts than any call takes isn't checked part by part."""

import json

import pytest

from crm.api.call_body import MOST_FIELDS, MOST_ITEMS
from crm.api.problems import MOST_ERRORS, ApiProblem
from leads.models import Lead
from tests.api.conftest import Program, make_token

NAMES = {
    "one error": (1, 1, False),
    "as many as are listed": (MOST_ERRORS, MOST_ERRORS, False),
    "one more": (MOST_ERRORS + 1, MOST_ERRORS, True),
    "very many": (5_000, MOST_ERRORS, True),
}


@pytest.mark.parametrize(("number", "listed", "more"), NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("of", [1, 3], ids=["one sentence each", "three sentences each"])
def test_how_many_errors_are_listed(number, listed, more, of):
    names = {f"field {place}": ["Wrong."] * of for place in range(number)}
    found = ApiProblem(422, "invalid", errors=names).shorten().errors
    rest = found.pop("__all__", [])
    assert sum(map(len, found.values())) == min(number * of, MOST_ERRORS)
    left = number * of - MOST_ERRORS
    assert rest == ([f"{left} more errors aren't listed."] if left > 0 else [])
    assert [*found] == [*names][: len(found)]


def test_a_long_name_is_cut_off():
    found = ApiProblem(422, "invalid", errors={"x" * 5_000: ["Wrong."]}).shorten().errors
    assert found == {"x" * 60: ["Wrong."]}


@pytest.fixture
def programs(ada):
    """By dialect: a program, and where it adds a lead."""
    bearer = ("Authorization", "Bearer ")
    return {
        "connect": (Program(make_token(ada)), "/api/leads"),
        "umbra": (Program(make_token(ada), *bearer), "/v1/crm/leads"),
        "v2": (Program(make_token(ada), *bearer), "/api/v2/leads"),
    }


BODIES = {
    "very many fields": {f"field {place}": 1 for place in range(MOST_FIELDS + 1)},
    "very many fields inside": {"custom_fields": {f"c{place}": 1 for place in range(MOST_FIELDS + 1)}},
    "a very long list": {"tags": ["x"] * (MOST_ITEMS + 1)},
    "a very long list inside": {"tags": [{"names": [1] * (MOST_ITEMS + 1)}]},
}


@pytest.mark.parametrize("dialect", ["connect", "umbra", "v2"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_with_more_parts_than_any_call_takes_is_refused(dialect, body, programs):
    program, path = programs[dialect]
    found = program.call("POST", path, json.dumps(body).encode(), expect=400)
    assert "The request has too many fields." in json.dumps(found)
    assert len(program.last.content) < 1_000
    assert not Lead.objects.exists()


def test_the_answer_to_many_wrong_fields_is_short_and_says_once_what_is_allowed(programs):
    program, path = programs["v2"]
    body = {f"{'x' * 4_000}{place}": 1 for place in range(900)}
    found = program.call("POST", path, json.dumps(body).encode(), expect=422)
    assert len(found["errors"]) == MOST_ERRORS + 1
    assert sum("Allowed:" in error["detail"] for error in found["errors"]) == 1
    assert found["errors"][-1] == {"parameter": None, "detail": "880 more errors aren't listed."}
    assert len(program.last.content) < 20_000
    assert not Lead.objects.exists()
