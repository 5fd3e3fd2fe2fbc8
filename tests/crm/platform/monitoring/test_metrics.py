"""Metrics of requests and jobs: which labels they have, and that nothing of them is there when they are off."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY

from crm.models import Job
from crm.platform.configuration.environment import ROOT
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind, JobProblem
from crm.platform.jobs.job_runner import run_job
from crm.platform.monitoring import current_task as at_work
from crm.platform.monitoring import prometheus_metrics
from tests.ports import get_free_port

committing = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

MEASURING = "crm.platform.monitoring.request_metrics.MeasuringMiddleware"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def labels_of(name: str) -> list[dict[str, str]]:
    families = [family for family in REGISTRY.collect() if family.name == name]
    return [sample.labels for family in families for sample in family.samples]


@pytest.fixture
def measured(settings, ann):
    settings.MIDDLEWARE = [MEASURING, *settings.MIDDLEWARE]
    client = Client()
    client.force_login(ann)
    return client


def test_a_request_counts_with_the_name_of_its_route_and_its_status(measured):
    labels = {"route": "leads:list", "method": "GET", "status": "200"}
    before = value("leadwell_requests_total", **labels)
    measured.get("/admin/leads", follow=True)
    assert value("leadwell_requests_total", **labels) == before + 1
    assert value("leadwell_request_seconds_count", route="leads:list") >= 1
    assert value("leadwell_requests_in_progress") == 0


def test_the_queries_of_a_request_are_counted(measured):
    before = value("leadwell_request_queries_sum", route="jobs")
    with CaptureQueriesContext(connection) as counted:
        measured.get("/admin/jobs")
    assert len(counted) > 3
    assert value("leadwell_request_queries_sum", route="jobs") == before + len(counted)


def test_no_path_value_or_unknown_method_becomes_a_label(measured):
    for path in (
        "/admin/leads/424242",
        "/admin/leads?q=ann@example.com",
        "/nothing/424242",
        "/static/424242.css",
    ):
        measured.get(path)
    measured.generic("BREW424242", "/login")
    found = labels_of("leadwell_requests")
    assert {"none", "static", "leads:record"} <= {labels["route"] for labels in found}
    assert "other" in {labels["method"] for labels in found}
    assert "424242" not in str(found)
    assert "example.com" not in str(found)


def test_a_refused_request_counts_too(measured):
    labels = {"route": "leads:record", "method": "GET", "status": "404"}
    before = value("leadwell_requests_total", **labels)
    measured.get("/admin/leads/424242")
    assert value("leadwell_requests_total", **labels) == before + 1


def test_what_monitors_ask_all_the_time_is_not_measured(measured):
    """A load balancer asks each node once a second, and its quick answers would make the others look quick too."""
    for path in ("/healthz", "/readyz"):
        assert measured.get(path).status_code in (200, 503)
    routes = {
        labels.get("route")
        for name in ("leadwell_requests", "leadwell_request_seconds")
        for labels in labels_of(name)
    }
    assert not routes & {"health", "ready"}
    assert value("leadwell_requests_in_progress") == 0


class Context:
    """What the queue passes on with a task, as far as we use it."""

    class job:  # noqa: N801
        task_name = "run_job"


@pytest.fixture
def done(ann, monkeypatch):
    """done(work) runs a job that does this work, as the worker does, and returns what its end was told as."""
    told = []
    monkeypatch.setattr(at_work, "TASK_END_HOOKS", [lambda work, seconds: told.append((work, seconds))])

    def run(work):
        monkeypatch.setitem(JOB_KINDS, "test", JobKind(work, lambda arguments: "The test", quiet=True))
        job = Job.objects.create(kind="test", user=ann)
        at_work.run_tracked_task(lambda: run_job(job.pk), Context, None)
        assert at_work.get_current_work() is None
        return told[-1][0]

    return run


@committing
def test_a_job_is_known_by_its_kind_its_number_and_its_user(done, ann):
    seen = []
    work = done(lambda job, progress: seen.append(at_work.get_current_work()))
    assert (work.kind, work.user, work.state) == ("test", ann.pk, "finished")
    assert seen == [work]
    assert work.job


@committing
def test_a_job_that_fails_is_counted_as_failed(done):
    def fail(job, progress):
        raise JobProblem("It can't be done.")

    assert done(fail).state == "failed"


@committing
def test_the_rows_of_a_job_are_counted_once_also_if_it_begins_again_at_the_first(done, monkeypatch):
    counted = []
    monkeypatch.setattr(at_work, "ADVANCED", [lambda work, rows: counted.append((work.kind, rows))])
    monkeypatch.setattr("crm.platform.jobs.job_runner.PAUSE", 0)

    def work(job, progress):
        for count in (0, 400, 1000, 0, 1000):
            progress(count, 1000)

    done(work)
    assert counted == [("test", 400), ("test", 600), ("test", 1000)]


def test_jobs_become_metrics_by_kind_and_end():
    work = at_work.CurrentWork("test_of_metrics", state="failed")
    prometheus_metrics.record_ended_job(work, 2.5)
    prometheus_metrics.record_job_rows(work, 70)
    assert value("leadwell_jobs_total", kind="test_of_metrics", state="failed") == 1
    assert value("leadwell_job_seconds_sum", kind="test_of_metrics") == 2.5
    assert value("leadwell_job_rows_total", kind="test_of_metrics") == 70


@pytest.mark.parametrize("address", ["", "127.0.0.1:{}"])
def test_the_library_is_loaded_and_requests_are_measured_only_when_metrics_are_on(address, tmp_path):
    address = address.format(get_free_port())
    code = (
        "import sys, django; django.setup(); from django.conf import settings;"
        f"print('prometheus_client' in sys.modules, {MEASURING!r} in settings.MIDDLEWARE)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "PATH": os.environ["PATH"],
            "LEADWELL_DATA": str(tmp_path),
            "LEADWELL_METRICS": address,
            "DJANGO_SETTINGS_MODULE": "crm.settings",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(bool(address))] * 2
