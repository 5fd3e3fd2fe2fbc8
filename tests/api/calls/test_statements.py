"""A call of API v2 reads nothing that came with its token."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.mark.parametrize("path", ["me", "leads", "leads/changes", "tasks"])
def test_a_call_does_not_read_what_the_company_has_decided_by_itself(path, umbra, ann, settings):
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "")
    program = umbra(ann)
    with CaptureQueriesContext(connection) as queries:
        program.get(f"/api/v2/{path}")
    assert [query["sql"] for query in queries if 'FROM "crm_companysettings" ORDER BY' in query["sql"]] == []
    assert program.last["Content-Language"] == "en"


def test_the_language_of_a_call_is_english_whatever_the_program_accepts(umbra, ann):
    program = umbra(ann)
    problem = program.get("/api/v2/leads?limit=0", expect=422, **{"Accept-Language": "ro"})
    assert problem["errors"][0]["detail"].isascii()
    assert program.last["Content-Language"] == "en"
