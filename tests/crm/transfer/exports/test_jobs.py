"""An export that takes longer than its user waits is a job: with progress, Cancel, a receipt, and a file in the store."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connections
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Export, Job, Notification
from crm.platform import jobs
from crm.platform.excel.writing.spool import Spool
from crm.platform.files.store import NotKept
from crm.platform.jobs import job_runner
from crm.platform.jobs.job_runner import run_job
from crm.platform.web.notifications import get_notification_sentence
from crm.transfer.exports import export_response, file_writing
from leads.excel import LeadResource
from tests.crm.transfer.exports.exporting import ALL, LIST, WRITE, fetched, names, start, work
from tests.crm.work.activities.attaching import place_of
from tests.crossing import TAKES_LONG, held_up
from tests.waiting import until, until_set

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def slow(monkeypatch):
    """Rows that are written only when this says so; it is an event."""
    go_on, plain = threading.Event(), LeadResource.iterate_rows

    def rows(self, leads, names, **given):
        for row in plain(self, leads, names, **given):
            until_set(go_on)
            yield row

    monkeypatch.setattr(LeadResource, "iterate_rows", rows)
    yield go_on
    go_on.set()


@pytest.fixture
def stuck(slow, monkeypatch):
    """Rows that are written only once the writing has been given up."""
    plain = Spool.give_up

    def give_up(self) -> bool:
        was_open = plain(self)
        slow.set()
        return was_open

    monkeypatch.setattr(Spool, "give_up", give_up)


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
    monkeypatch.setattr(export_response, "PATIENCE", 0.2)
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
    assert "it ran in the background" in page
    assert "Matched 3, exported 3." in page
    assert "every 2s" not in page.split('id="exports"')[1]
    until(lambda: left_here(settings) == [])


def test_more_records_than_can_be_written_in_time_are_a_job_at_once(sign_in, ann, three, monkeypatch):
    monkeypatch.setattr("crm.transfer.exports.views.new_export.MOST", 2)
    monkeypatch.setattr(export_response, "start_export_writing", None)
    assert start(sign_in(ann)).job.state == "waiting"


def test_exports_wait_in_a_queue_of_their_own(sign_in, ann, three, impatient):
    export = start(sign_in(ann))
    assert ProcrastinateJob.objects.get(args__job_id=export.job_id).queue_name == "exports"


def test_the_user_is_notified_of_the_finished_file(sign_in, ann, three, impatient):
    work(start(sign_in(ann)))
    notice = Notification.objects.get(user=ann)
    assert (get_notification_sentence(notice), notice.path) == (
        "Finished: Export of leads.",
        "/admin/exports",
    )


def test_the_page_shows_how_far_the_file_is_and_cancels_it_without_javascript(
    sign_in, ann, three, stuck, impatient, settings
):
    browser = sign_in(ann)
    export = start(browser)
    with working(export) as raised:
        until(lambda: "0 of 3." in browser.get(LIST).text)
        page = browser.get(LIST).text
        cancel = reverse("job_cancel", args=[export.job_id])
        assert f'action="{cancel}"' in page
        assert browser.post(cancel).status_code == 302
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
            cursor.execute(TAKES_LONG)
        yield

    monkeypatch.setattr(LeadResource, "iterate_rows", rows)
    with held_up(), working(export):
        until_set(begins)
        jobs.cancel_job(export.job)
    assert Job.objects.get().state == "cancelled"
    assert not Export.objects.get().failed


def test_a_statement_that_takes_longer_than_the_user_waits_is_left_to_the_job(
    sign_in, ann, three, monkeypatch
):
    monkeypatch.setattr(file_writing, "PATIENCE", 0.2)
    plain = LeadResource.iterate_rows

    def rows(self, leads, names, **given):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.6)")
        yield from plain(self, leads, names, **given)

    monkeypatch.setattr(LeadResource, "iterate_rows", rows)
    export = work(start(sign_in(ann)))
    assert (export.state, export.wrote) == ("finished", 3)


def test_a_stopped_worker_puts_the_export_back_and_the_next_one_writes_it(
    sign_in, ann, three, stuck, impatient
):
    browser = sign_in(ann)
    export = start(browser)
    with working(export) as raised:
        until(lambda: "0 of 3." in browser.get(LIST).text)
        jobs.interrupt_jobs()
    job_runner._interrupted.clear()
    assert [type(error).__name__ for error in raised] == ["JobInterrupted"]
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

    monkeypatch.setattr(file_writing, "put_file", away)
    export = work(export)
    assert (export.state, export.file, export.job.state) == ("failed", "", "failed")
    assert "The file store can’t be reached, so no file was created." in browser.get(LIST).text


def test_a_file_that_can_not_be_stored_reaches_its_user_if_it_comes_at_once(sign_in, ann, three, monkeypatch):
    def away(place, file):
        raise NotKept("store")

    monkeypatch.setattr(file_writing, "put_file", away)
    browser = sign_in(ann)
    answer = browser.post(f"{WRITE}?all=1", ALL)
    assert len(names(b"".join(answer.streaming_content))) == 3
    export = Export.objects.get()
    assert (export.state, export.file) == ("finished", "")
    assert "it can’t be downloaded again" in browser.get(LIST).text
