"""Log lines as JSON: with the IDs of request, user, change and job, and without personal data."""

import json
import logging

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from crm.models import Operation
from crm.platform.monitoring import current_task as at_work
from crm.platform.monitoring import request_log_lines
from crm.platform.monitoring.json_formatter import JsonLines, format_json_line
from crm.records.history import verb_execution
from tests.crm.platform.monitoring.test_metrics import Context

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(monkeypatch):
    """The lines of our own loggers and of Django so far, as a program reads them."""
    found: list[dict] = []

    class Kept(logging.Handler):
        def emit(self, record):
            found.append(json.loads(self.format(record)))

    kept = Kept()
    kept.setFormatter(JsonLines())
    for name in ("leadwell.request", "leadwell.job", "django.request", "leadwell.slow"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [kept])
    return found


@pytest.fixture
def client_of_ann(settings, monkeypatch, ann):
    settings.MIDDLEWARE = [
        settings.MIDDLEWARE[0],
        "crm.platform.monitoring.request_log_lines.LineMiddleware",
        *settings.MIDDLEWARE[1:],
    ]
    monkeypatch.setattr(
        verb_execution,
        "OPERATION_FOLLOWERS",
        [*verb_execution.OPERATION_FOLLOWERS, request_log_lines.note_operation],
    )
    client = Client(raise_request_exception=False)
    client.force_login(ann)
    return client


def record_of(message: str, *arguments, error: BaseException | None = None) -> dict:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("leads", logging.WARNING, "leads/x.py", 1, message, arguments, info)
    return json.loads(JsonLines().format(record))


def test_a_line_has_its_time_level_logger_and_message():
    line = record_of("Mailing %s: %s", 7, "late\nagain")
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "leads", "Mailing 7: late\nagain")
    assert line["time"].endswith("+00:00")
    assert "request" not in line


def test_the_line_of_a_request_has_its_ids_and_no_name_or_path(client_of_ann, lines, ann, make_lead):
    lead = make_lead(owner=ann)
    answer = client_of_ann.get(f"/admin/leads/{lead.pk}?q=secretword")
    line = lines[-1]
    assert line["request"] == answer["X-Request-ID"]
    assert (line["route"], line["status"], line["user"]) == ("leads:record", answer.status_code, ann.pk)
    assert line["queries"] > 1
    assert line["milliseconds"] >= 0
    for secret in (ann.email, ann.name, "secretword", "/admin/leads"):
        assert secret not in json.dumps(lines), secret


def test_the_line_of_a_change_has_its_operation(client_of_ann, lines, statuses, sources, departments):
    basics = {"status": statuses.new.pk, "source": sources.website.pk, "department": departments.sales.pk}
    client_of_ann.post("/admin/leads/new", {"last_name": "Pop", "currency": "EUR", **basics})
    operation = Operation.objects.latest("pk")
    assert lines[-1]["operation"] == operation.pk
    client_of_ann.get("/admin/jobs")
    assert "operation" not in lines[-1]


def test_a_refusal_is_logged_with_its_route_instead_of_its_path(client_of_ann, lines):
    client_of_ann.get("/admin/leads/424242")
    refusals = [line for line in lines if line["logger"] == "django.request"]
    assert [line["message"] for line in refusals] == ["Not Found: leads:record"]
    assert refusals[0]["request"]
    assert "424242" not in json.dumps(lines)


def test_static_files_and_monitors_have_no_line(client_of_ann, lines):
    client_of_ann.get("/healthz")
    client_of_ann.get("/static/nothing.css")
    assert [line for line in lines if line["logger"] == "leadwell.request"] == []


def test_an_error_has_its_type_and_place_but_not_its_message(ann):
    with pytest.raises(IntegrityError) as raised, connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_user SELECT * FROM accounts_user WHERE id = %s", [ann.pk])
    line = record_of("Job %s of kind %s", 7, "bulk", error=raised.value)
    assert line["error"]["type"] == "django.db.utils.IntegrityError"
    assert line["error"]["sqlstate"] == "23505"
    assert any("test_json_lines.py" in place for place in line["error"]["stack"])
    assert "already exists" not in json.dumps(line)


def test_an_email_address_in_a_message_is_hidden():
    assert record_of("No such mailbox: <%s>", "ann.vasile@example.com")["message"] == "No such mailbox: <…@…>"
    assert json.loads(format_json_line("\nStarting …", "leadwell.run"))["message"] == "Starting …"


def test_the_line_of_a_job_has_its_kind_number_user_and_change(lines, monkeypatch, ann):
    monkeypatch.setattr(at_work, "TASK_END_HOOKS", [request_log_lines.log_ended_job])

    def run():
        work = at_work.get_current_work()
        work.kind, work.job, work.user = "bulk", 7, ann.pk
        at_work.set_end_state("finished", 70)
        logging.getLogger("leadwell.slow").warning("900 ms")

    at_work.run_tracked_task(run, Context, None)
    slow, end = lines
    expected = {"kind": "bulk", "job": 7, "user": ann.pk, "operation": 70}
    assert expected.items() <= slow.items()
    assert (expected | {"state": "finished", "message": "bulk: finished"}).items() <= end.items()


def test_the_line_of_a_job_that_runs_again_says_so(lines, monkeypatch):
    monkeypatch.setattr(at_work, "TASK_END_HOOKS", [request_log_lines.log_ended_job])

    def run():
        raise at_work.RunAgain

    with pytest.raises(at_work.RunAgain):
        at_work.run_tracked_task(run, Context, None)
    assert lines[-1]["state"] == "again"
