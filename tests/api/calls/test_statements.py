"""A call of API v2 reads nothing that came with its token, and what is kept of it is written at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import ApiCall, AuditEntry


@pytest.mark.parametrize("path", ["me", "leads", "leads/changes", "tasks"])
def test_a_call_does_not_read_what_the_company_has_decided_by_itself(path, umbra, ann, settings):
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "")
    program = umbra(ann)
    with CaptureQueriesContext(connection) as queries:
        program.get(f"/api/v2/{path}")
    assert [query["sql"] for query in queries if 'FROM "crm_companysettings" ORDER BY' in query["sql"]] == []
    assert program.last["Content-Language"] == "en"


def test_the_log_and_the_audit_log_get_their_lines_of_a_call_that_reads_together(umbra, ann):
    program = umbra(ann)
    with CaptureQueriesContext(connection) as queries:
        program.get("/api/v2/me")
    written = [query["sql"] for query in queries if "INSERT INTO" in query["sql"]]
    assert "crm_apicall" in written[-1]
    assert "crm_auditentry" in written[-1]
    assert ApiCall.objects.get().path == "/api/v2/me"
    assert AuditEntry.objects.get(kind="read_by_program").details["path"] == "/api/v2/me"


def test_a_call_that_reads_without_an_entry_is_logged_all_the_same(umbra, ann, settings):
    settings.AUDIT_READS = 0
    umbra(ann).get("/api/v2/me")
    assert ApiCall.objects.get().path == "/api/v2/me"
    assert not AuditEntry.objects.filter(kind="read_by_program").exists()


def test_the_language_of_a_call_is_english_whatever_the_program_accepts(umbra, ann):
    program = umbra(ann)
    problem = program.get("/api/v2/leads?limit=0", expect=422, **{"Accept-Language": "ro"})
    assert problem["errors"][0]["detail"].isascii()
    assert program.last["Content-Language"] == "en"
