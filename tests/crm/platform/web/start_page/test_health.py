"""Health on the start page: who sees it, and what is wrong in plain sentences."""

import os
import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Export, Job
from crm.platform.jobs.job_control import start_job
from crm.platform.server import system_status
from crm.platform.web.security_log import write_security_line
from crm.platform.web.start_page.health import get_problems_and_notes
from crm.platform.web.start_page.start_page_parts import get_parts
from tests.reading import close_up

# These parts are loaded after the page.
PAGE = "/admin/today/deferred"
FILE = {"file": "May.xlsx", "import": 1}


@pytest.fixture(autouse=True)
def well(db, settings, tmp_path, monkeypatch):
    """A backup was made, there is room, and the worker runs."""
    settings.DATA = tmp_path
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "leadwell-2026-11-22-021500.tar").touch()
    has_room(monkeypatch, 60)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def has_room(monkeypatch, gigabytes: int) -> None:
    usage = namedtuple("usage", "total used free")
    found = usage(100 * 1024**3, (100 - gigabytes) * 1024**3, gigabytes * 1024**3)
    monkeypatch.setattr(system_status.shutil, "disk_usage", lambda _folder: found)


def problems() -> list[str]:
    return [line.text for line in get_problems_and_notes()[0]]


def notes() -> list[str]:
    return [line.text for line in get_problems_and_notes()[1]]


def failed(user, **values) -> Job:
    now = timezone.now()
    given = {
        "state": "failed",
        "finished_at": now,
        "kind": "import_read",
        "arguments": FILE,
    }
    return Job.objects.create(user=user, problem="The file is empty.", **given | values)


def test_without_problems_the_part_says_that_everything_works(sign_in, ada):
    text = close_up(sign_in(ada).get(PAGE).text)
    assert "Health" in text
    assert "Everything works." in text


def test_only_administrators_see_the_health(ann, conrad, someone_with):
    auditor = someone_with("view_lead", "view_auditentry", "see_all")
    for user in (ann, conrad, auditor):
        assert "health" not in [part.name for part in get_parts(user)]


def test_a_silent_worker_is_a_problem():
    assert problems() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    assert problems() == [
        "The worker isn’t running, so imports, emails and reminders wait. Start Leadwell again."
    ]


def test_a_queue_that_no_worker_serves_is_named_when_its_job_has_waited_for_five_minutes(ada):
    start_job("import_read", ada, FILE, long=True)
    queue = ProcrastinateJob.objects.get().queue_name
    assert problems() == []
    waited("6 minutes")
    assert problems() == [
        f"No worker runs the jobs in the queue “{queue}”. Add it to LEADWELL_QUEUES of a worker."
    ]


def test_a_queue_is_served_while_a_job_of_it_runs_or_has_just_been_started(ada):
    first, _second = start_job("import_read", ada, FILE), start_job("import_read", ada, FILE)
    waited("6 minutes")
    of_first = ProcrastinateJob.objects.filter(args__job_id=first.pk)
    assert len(problems()) == 1
    turned(of_first, "doing")
    assert problems() == []
    turned(of_first, "succeeded")
    assert problems() == []
    waited("6 minutes")
    assert len(problems()) == 1


def test_a_job_that_is_planned_for_later_does_not_wait_for_a_worker(ada):
    start_job("import_read", ada, FILE)
    planned("1 hour")
    waited("6 minutes")
    assert problems() == []
    planned("-6 minutes")
    assert len(problems()) == 1


def test_without_any_worker_only_that_is_said(ada):
    start_job("import_read", ada, FILE)
    waited("6 minutes")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert len(problems()) == 1
    assert problems()[0].startswith("The worker isn’t running")


def waited(interval: str) -> None:
    """Everything that happened to the jobs so far, happened so much earlier."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - %s::interval", [interval])


def turned(rows, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s",
            [status, rows.get().pk],
        )


def planned(interval: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + %s::interval", [interval])


def test_a_failed_job_is_named_with_its_reason_and_its_page(sign_in, ada, bob):
    job = failed(bob)
    assert problems() == ["The job “Import of May.xlsx” failed: The file is empty."]
    text = close_up(sign_in(ada).get(PAGE).text)
    assert f'href="/admin/jobs/{job.pk}"' in text
    assert "Everything works." not in text


def test_several_failed_jobs_are_counted_and_those_of_yesterday_are_not(bob):
    failed(bob, finished_at=timezone.now() - timedelta(hours=25))
    assert problems() == []
    failed(bob), failed(bob)
    assert problems() == ["2 jobs failed in the last 24 hours."]


def test_little_free_space_is_a_problem(monkeypatch):
    has_room(monkeypatch, 4)
    (sentence,) = problems()
    assert sentence.startswith("Only 4.0\xa0GB of 100.0\xa0GB are free on the disk of ")


def test_an_old_backup_and_a_missing_one_are_problems(settings):
    (file,) = (settings.DATA / "backups").iterdir()
    days_ago = (timezone.now() - timedelta(days=9, hours=1)).timestamp()
    os.utime(file, (days_ago, days_ago))
    assert problems() == ["The last backup is 9 days old. Make one now, and check what makes it each night."]
    shutil.rmtree(settings.DATA / "backups")
    assert problems() == ["No backup yet. Ask the administrator of the server to schedule one."]


def test_running_imports_and_exports_are_notes(ada, bob):
    failed(bob, state="running", done=3, total=2_000, finished_at=None)
    Export.objects.create(user=bob, table="lead", name="Leads.xlsx", columns=["id"])
    assert notes() == ["“Import of May.xlsx” is running: 3 of 2,000.", "The export “Leads.xlsx” is running."]
    assert problems() == []


def test_a_few_failed_sign_ins_are_a_note_and_many_are_a_problem(client):
    write_security_line("sign_in_failed", tried="bob@example.com")
    assert notes() == ["1 failed sign-in in the last 24 hours."]
    for _number in range(19):
        write_security_line("sign_in_failed", tried="bob@example.com")
    assert problems() == ["20 failed sign-ins in the last 24 hours."]
    write_security_line("code_wrong")
    assert notes() == ["1 wrong code after a correct password in the last 24 hours."]
