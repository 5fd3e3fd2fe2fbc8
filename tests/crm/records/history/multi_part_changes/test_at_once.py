"""Two clicks and two workers at the same time, each on a separate connection: one job, and each part once."""

import threading

import pytest

from crm.models import Job, Operation
from crm.platform import jobs
from crm.platform.jobs.job_runner import InOtherHands, JobCancelled
from crm.records.history import multi_part_changes
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import (
    browser,
    leads,
    meeting,
    previewed,
    started,
    vip,
    whole,
)
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.waiting import until_set

__all__ = ["browser", "leads", "meeting"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def small_parts(monkeypatch):
    """The same as for other tests; here the worker's other connection sees what is saved."""
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 4)
    monkeypatch.setattr(multi_part_changes, "ROWS_A_PART", 2)
    monkeypatch.setattr("crm.records.screens.views.bulk.ROWS_AT_ONCE", 2)


def carried_out(job: Job) -> Job:
    jobs.run_job(job_id=job.pk)
    return Job.objects.get(pk=job.pk)


def stopped_after_one(job: Job, monkeypatch) -> Job:
    begin, begun = multi_part_changes._offset_progress, []

    def cancel(*arguments):
        begun.append(1)
        if len(begun) > 1:
            raise JobCancelled
        return begin(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(multi_part_changes, "_offset_progress", cancel)
        return carried_out(job)


def test_two_clicks_on_continue_at_once_lead_to_one_job(browser, ann, sign_in, leads, monkeypatch, meeting):
    job = stopped_after_one(started(browser, previewed(browser)), monkeypatch)
    other = sign_in(ann)
    address = f"/admin/jobs/{job.pk}/continue"
    meeting()
    first, second = in_threads(lambda: browser.post(address), lambda: other.post(address))
    rest = Job.objects.exclude(pk=job.pk).get()
    assert first["Location"] == second["Location"] == f"/admin/jobs/{rest.pk}"
    assert carried_out(rest).state == "finished"
    assert (vip(), whole().parts_left) == (5, 0)


def test_two_clicks_on_undo_at_once_lead_to_one_job(browser, ann, sign_in, leads, meeting):
    carried_out(started(browser, previewed(browser)))
    other, address = sign_in(ann), f"/admin/operations/{whole().pk}/undo"
    meeting()
    first, second = in_threads(lambda: browser.post(address), lambda: other.post(address))
    job = Job.objects.get(kind="undo")
    assert first["Location"] == second["Location"] == f"/admin/jobs/{job.pk}"
    assert carried_out(job).state == "finished"
    assert vip() == 0


def test_the_rest_is_not_continued_and_undone_at_once(browser, ann, sign_in, leads, monkeypatch, meeting):
    job = stopped_after_one(started(browser, previewed(browser)), monkeypatch)
    other = sign_in(ann)
    meeting()
    in_threads(
        lambda: browser.post(f"/admin/jobs/{job.pk}/continue"),
        lambda: other.post(f"/admin/operations/{whole().pk}/undo"),
    )
    assert Job.objects.unfinished().count() == 1


def test_an_undo_that_another_user_has_started_is_not_started_again(browser, ada, sign_in, leads):
    carried_out(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}/undo"
    started(browser, address)
    answer = sign_in(ada).post(address)
    assert answer.status_code == 409
    assert "Ann is already undoing this change." in answer.text
    assert Job.objects.filter(kind="undo").count() == 1


def test_two_workers_with_one_job_carry_out_each_part_once(browser, leads):
    job = started(browser, previewed(browser))
    held, over = threading.Event(), threading.Event()
    begin = multi_part_changes._offset_progress

    def slow(*arguments):
        held.set()
        until_set(over)
        return begin(*arguments)

    def second():
        until_set(held)
        try:
            carried_out(job)
        finally:
            over.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multi_part_changes, "_offset_progress", slow)
        done, other = in_threads(lambda: carried_out(job), second)
    assert isinstance(other, InOtherHands)
    assert done.state == "finished"
    assert list(whole().parts.order_by("part").values_list("part", "changed")) == [(0, 2), (1, 2), (2, 1)]


@pytest.mark.parametrize("undone", [False, True])
def test_two_jobs_about_one_change_do_each_part_once(browser, ann, leads, undone):
    """As a previous version may have queued them."""
    job = started(browser, previewed(browser))
    if undone:
        carried_out(job)
        job = started(browser, f"/admin/operations/{whole().pk}/undo")
    twin = Job.objects.create(kind=job.kind, user=ann, arguments=job.arguments, total=5)
    found = in_threads(lambda: carried_out(job), lambda: carried_out(twin))
    assert {one.state for one in found} <= {"finished", "failed"}
    assert "finished" in {one.state for one in found}
    record = Operation.objects.whole().get(kind="undo" if undone else "vip")
    assert list(record.parts.order_by("part").values_list("part", flat=True)) == [0, 1, 2]
    assert (record.changed, record.parts_left, vip()) == (5, 0, 0 if undone else 5)
    assert Lead.objects.count() == 5
