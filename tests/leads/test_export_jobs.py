"""An export that takes longer than its user waits is a job: with progress, Cancel, a receipt, and a file in the store."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm import jobs
from crm.excel.spool import Spool
from crm.exports import answer, write
from crm.exports.jobs import files_of_exports
from crm.files.store import NotKept
from crm.jobs import running
from crm.jobs.running import run_job
from crm.models import Export, FrozenSet, Job, Notification
from crm.records.bulk import freeze
from crm.server.state import running as running_now
from crm.tasks.sheet import title as title_of_tasks
from crm.web.notices import sentence
from leads.excel import LeadResource
from tests.leads.attaching import place_of
from tests.leads.exporting import ALL, LIST, WRITE, names, rows_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def impatient(monkeypatch):
    """No user waits for a file."""
    monkeypatch.setattr(answer, "PATIENCE", 0.0)


@pytest.fixture
def slow(monkeypatch):
    """Rows that are written only when this says so; it is an event."""
    go_on, plain = threading.Event(), LeadResource.rows

    def rows(self, leads, names, **given):
        for row in plain(self, leads, names, **given):
            assert go_on.wait(20)
            yield row

    monkeypatch.setattr(LeadResource, "rows", rows)
    yield go_on
    go_on.set()


@pytest.fixture
def three(make_lead):
    return [make_lead(f"Jan N{number}") for number in range(3)]


def start(browser, query="all=1", **data) -> Export:
    answer = browser.post(f"{WRITE}?{query}", ALL | data)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    return Export.objects.select_related("job").latest("pk")


def work(export: Export) -> Export:
    run_job(export.job_id)
    return Export.objects.select_related("job").get(pk=export.pk)


def fetched(browser, export: Export) -> bytes:
    return b"".join(browser.get(reverse("exports:file", args=[export.pk])).streaming_content)


def left_here(settings) -> list:
    return list(settings.TEMPORARY.iterdir()) if settings.TEMPORARY.is_dir() else []


@contextmanager
def working(export: Export):
    """The job runs in another thread, which has ended at the end."""
    raised = []

    def run() -> None:
        try:
            run_job(export.job_id)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield raised
    thread.join()


def until(holds) -> None:
    for _time in range(200):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError


def test_an_export_within_the_time_comes_at_once_and_is_no_job(sign_in, ann, three):
    answer = sign_in(ann).post(f"{WRITE}?all=1", ALL)
    data = b"".join(answer.streaming_content)
    assert len(names(data)) == 3
    assert int(answer["Content-Length"]) == len(data)
    assert not Job.objects.exists()
    assert Export.objects.get().job is None


def test_an_export_that_takes_longer_becomes_a_job_whose_file_is_fetched_from_the_store(
    sign_in, ann, three, slow, monkeypatch, settings
):
    monkeypatch.setattr(answer, "PATIENCE", 0.2)
    browser = sign_in(ann)
    export = start(browser)
    slow.set()
    assert (export.state, export.file, export.job.state) == ("writing", "", "waiting")
    page = browser.get(LIST).text
    assert "The export takes longer than a few seconds." in page
    assert "Waiting to start. You can close this page." in page
    assert 'hx-trigger="every 2s"' in page
    export = work(export)
    assert (export.state, export.wrote, export.matched, export.job.state) == ("finished", 3, 3, "finished")
    assert (export.job.done, export.job.total) == (3, 3)
    data = fetched(browser, export)
    assert sorted(names(data)) == ["N0", "N1", "N2"]
    assert export.size == len(data)
    page = browser.get(LIST).text
    assert "Created in the background" in page
    assert "Matched 3, exported 3." in page
    assert "every 2s" not in page.split('id="exports"')[1]
    until(lambda: left_here(settings) == [])


def test_more_records_than_can_be_written_in_time_are_a_job_at_once(sign_in, ann, three, monkeypatch):
    monkeypatch.setattr("crm.exports.views.new.MOST", 2)
    monkeypatch.setattr(answer, "begin", None)
    assert start(sign_in(ann)).job.state == "waiting"


def test_exports_wait_in_a_queue_of_their_own(sign_in, ann, three, impatient):
    export = start(sign_in(ann))
    assert ProcrastinateJob.objects.get(args__job_id=export.job_id).queue_name == "exports"


def test_the_user_is_notified_of_the_finished_file(sign_in, ann, three, impatient):
    work(start(sign_in(ann)))
    notice = Notification.objects.get(user=ann)
    assert (sentence(notice), notice.path) == ("Finished: Export leads.", "/admin/exports")


def test_the_page_shows_how_far_the_file_is_and_cancels_it_without_javascript(
    sign_in, ann, three, slow, impatient, settings
):
    browser = sign_in(ann)
    export = start(browser)
    with working(export) as raised:
        until(lambda: "0 of 3." in browser.get(LIST).text)
        page = browser.get(LIST).text
        cancel = reverse("job_cancel", args=[export.job_id])
        assert f'action="{cancel}"' in page
        assert browser.post(cancel).status_code == 302
        threading.Timer(1, slow.set).start()
    assert raised == []
    export = Export.objects.select_related("job").get()
    assert (export.job.state, export.canceled, export.downloadable) == ("cancelled", True, False)
    assert "Canceled. No file was created." in browser.get(LIST).text
    assert browser.get(reverse("exports:file", args=[export.pk])).status_code == 404
    assert left_here(settings) == []
    assert not place_of("exports").exists() or not list(place_of("exports").iterdir())


def test_a_statement_that_takes_long_is_canceled_with_its_job(sign_in, ann, three, impatient, monkeypatch):
    export, begins = start(sign_in(ann)), threading.Event()

    def rows(self, leads, names, **given):
        begins.set()
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        yield

    monkeypatch.setattr(LeadResource, "rows", rows)
    begun = timezone.now()
    with working(export):
        assert begins.wait(10)
        jobs.cancel(export.job)
    assert timezone.now() - begun < timedelta(seconds=20)
    assert Job.objects.get().state == "cancelled"
    assert not Export.objects.get().failed


def test_a_statement_that_takes_longer_than_the_user_waits_is_left_to_the_job(
    sign_in, ann, three, monkeypatch
):
    monkeypatch.setattr(write, "PATIENCE", 0.2)
    plain = LeadResource.rows

    def rows(self, leads, names, **given):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.6)")
        yield from plain(self, leads, names, **given)

    monkeypatch.setattr(LeadResource, "rows", rows)
    export = work(start(sign_in(ann)))
    assert (export.state, export.wrote) == ("finished", 3)


def test_a_stopped_worker_puts_the_export_back_and_the_next_one_writes_it(
    sign_in, ann, three, slow, impatient
):
    browser = sign_in(ann)
    export = start(browser)
    with working(export) as raised:
        until(lambda: "0 of 3." in browser.get(LIST).text)
        jobs.interrupt()
        threading.Timer(1, slow.set).start()
    running._interrupted.clear()
    assert [type(error).__name__ for error in raised] == ["Interrupted"]
    export = Export.objects.select_related("job").get()
    assert (export.state, export.job.state) == ("writing", "waiting")
    assert len(names(fetched(browser, work(export)))) == 3


def test_an_export_that_a_killed_worker_had_finished_is_not_written_again(sign_in, ann, three, impatient):
    export = work(start(sign_in(ann)))
    Job.objects.update(state="waiting", finished_at=None)
    again = work(export)
    assert (again.file, again.job.state) == (export.file, "finished")


def test_a_file_that_can_not_be_stored_fails_its_job_and_the_receipt_says_why(
    sign_in, ann, three, impatient, monkeypatch
):
    browser = sign_in(ann)
    export = start(browser)

    def away(place, file):
        raise NotKept("store")

    monkeypatch.setattr(write, "put", away)
    export = work(export)
    assert (export.state, export.file, export.job.state) == ("failed", "", "failed")
    assert "The file store can’t be reached, so no file was created." in browser.get(LIST).text


def test_a_file_that_can_not_be_stored_reaches_its_user_if_it_comes_at_once(sign_in, ann, three, monkeypatch):
    def away(place, file):
        raise NotKept("store")

    monkeypatch.setattr(write, "put", away)
    browser = sign_in(ann)
    answer = browser.post(f"{WRITE}?all=1", ALL)
    assert len(names(b"".join(answer.streaming_content))) == 3
    export = Export.objects.get()
    assert (export.state, export.file) == ("finished", "")
    assert "it can’t be downloaded again" in browser.get(LIST).text


def test_a_user_who_lost_the_permission_gets_no_file(sign_in, ann, three, impatient):
    export = start(sign_in(ann))
    role = ann.groups.get()
    role.permissions.remove(role.permissions.get(codename="export_lead"))
    export = work(export)
    assert (export.job.state, export.file) == ("failed", "")
    assert export.job.problem == "You no longer have the permission to export these records."
    assert export.failed


def test_a_selection_that_has_expired_meanwhile_gives_a_sentence(sign_in, ann, three, impatient):
    browser = sign_in(ann)
    export = start(browser, f"set={freeze(ann, 'lead', [lead.pk for lead in three], '').pk}")
    FrozenSet.objects.all().delete()
    work(export)
    assert "Selections are kept for one day only. Select the records again." in browser.get(LIST).text


def test_an_export_asked_for_by_a_deactivated_user_is_canceled(sign_in, ann, three, impatient):
    export = start(sign_in(ann))
    ann.is_active = False
    ann.save()
    assert work(export).canceled


def test_only_its_user_may_fetch_or_cancel_the_export(sign_in, ann, oscar, three, impatient):
    export = start(sign_in(ann))
    assert sign_in(oscar).post(reverse("job_cancel", args=[export.job_id])).status_code == 404
    export = work(export)
    assert sign_in(oscar).get(reverse("exports:file", args=[export.pk])).status_code == 404
    assert sign_in(oscar).get(reverse("job", args=[export.job_id])).status_code == 404


def test_an_administrator_sees_the_progress_but_no_button(sign_in, ann, ada, three, impatient):
    start(sign_in(ann))
    page = sign_in(ada).get(LIST).text
    assert "Waiting to start." in page
    assert reverse("job_cancel", args=[Job.objects.get().pk]) not in page


def test_an_approved_export_that_takes_longer_becomes_a_job_too(
    sign_in, ann, ada, three, impatient, settings
):
    settings.EXPORT_APPROVAL_ABOVE = 2
    start(sign_in(ann))
    asked = Export.objects.get()
    assert (asked.state, asked.job) == ("asked", None)
    sign_in(ada).post(reverse("exports:decide", args=[asked.pk]), {"answer": "approve"})
    browser = sign_in(ann)
    assert browser.post(reverse("exports:fetch", args=[asked.pk]))["Location"] == LIST
    export = work(Export.objects.select_related("job").get())
    data = fetched(browser, export)
    assert len(rows_of(data)) == 3
    assert export.decided_by == ada
    assert "Approved by Ada" in browser.get(LIST).text
    assert browser.post(reverse("exports:fetch", args=[asked.pk]), follow=True).text.count(
        "This export isn’t available for download."
    )


def test_tasks_that_take_longer_become_a_job_too(sign_in, ann, three, make_task, impatient):
    make_task("Call", three[0], user=ann)
    browser = sign_in(ann)
    answer = browser.post(reverse("export_tasks"), {"format": "xlsx"})
    assert answer["Location"] == LIST
    export = work(Export.objects.select_related("job").get())
    assert export.state == "finished", export.note
    assert [row["Task"] for row in rows_of(fetched(browser, export), str(title_of_tasks()))] == ["Call"]


def test_companies_that_take_longer_become_a_job_too(sign_in, ann, make_company, impatient):
    make_company("Omnia")
    browser = sign_in(ann)
    answer = browser.post("/admin/companies/export/write?all=1", {"columns": "all", "format": "csv"})
    assert answer["Location"] == LIST
    export = work(Export.objects.select_related("job").get())
    assert b"Omnia" in fetched(browser, export)


def test_the_file_of_a_job_expires_like_any_other(sign_in, ann, three, impatient):
    export = work(start(sign_in(ann)))
    Export.objects.update(at=timezone.now() - timedelta(days=31))
    assert files_of_exports() == 1
    assert not place_of(export.file).exists()
    assert "File expired" in sign_in(ann).get(LIST).text


def test_the_administrators_page_names_a_running_export_once(sign_in, ann, three, impatient):
    start(sign_in(ann))
    assert [str(line.text) for line in running_now()] == ["“Export leads” is running."]


def test_a_spool_that_is_given_up_never_says_that_it_is_whole(tmp_path):
    go_on, ended = threading.Event(), []

    def write(file) -> None:
        file.write(b"first")
        assert go_on.wait(10)
        try:
            file.is_whole()
        finally:
            ended.append(file.unwanted)

    spool = Spool(tmp_path / "file", write)
    assert spool.whole_within(0.05) is False
    go_on.set()
    spool.join()
    assert (ended, spool.whole, type(spool.error).__name__) == ([True], False, "Unwanted")


def test_a_spool_that_is_whole_can_not_be_given_up(tmp_path):
    spool = Spool(tmp_path / "file", lambda file: (file.write(b"all"), file.is_whole()))
    assert spool.whole_within(10)
    assert spool.give_up() is False
    assert b"".join(spool) == b"all"
