"""What tests of changes in parts share: a part is two leads, and more than four need parts."""

import pytest

from crm.models import Job, Operation
from crm.platform import jobs
from crm.platform.jobs import job_control
from crm.platform.jobs.job_runner import JobCancelled
from crm.records.history import multi_part_changes
from leads.models import Lead
from tests.crossing import another_waits
from tests.waiting import until


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 4)
    monkeypatch.setattr(multi_part_changes, "ROWS_A_PART", 2)
    monkeypatch.setattr("crm.records.screens.views.bulk.ROWS_AT_ONCE", 2)

    def say(job_id, **values):
        Job.objects.filter(pk=job_id).update(**values)

    # The other connection doesn't see what a test hasn't committed.
    monkeypatch.setattr("crm.platform.jobs.job_runner._update_job", say)


@pytest.fixture
def meeting(monkeypatch):
    """meeting(): from now on, a request queues its job when another request is about to do so too, or waits for a lock of this
    one."""
    arrived, start = [], job_control.start_job

    def met(*arguments, **keywords):
        arrived.append(True)
        until(lambda: len(arrived) > 1 or another_waits())
        return start(*arguments, **keywords)

    def begin() -> None:
        for name in ("crm.platform.jobs.job_control.start_job", "crm.records.history.jobs.start_job"):
            monkeypatch.setattr(name, met)

    return begin


@pytest.fixture
def leads(ann, make_lead, small_parts):
    return [make_lead(f"Ana {number}") for number in range(5)]


@pytest.fixture
def browser(ann, leads, sign_in):
    return sign_in(ann)


def previewed(browser, action="vip", query="all=1"):
    return browser.post(f"/admin/leads/bulk?{query}", {"action": action, "all": "1"})["Location"]


def started(browser, address, **data) -> Job:
    return Job.objects.get(pk=int(browser.post(address, data)["Location"].rpartition("/")[2]))


def run(job: Job) -> Job:
    jobs.run_job(job_id=job.pk)
    return Job.objects.select_related("operation").get(pk=job.pk)


def stopped_after(number: int, monkeypatch, job: Job, state: str = "cancelled") -> Job:
    """Run a job that is canceled, or fails, at the beginning of its part after this many."""
    begin, begun = multi_part_changes._offset_progress, []

    def cancel(*arguments):
        begun.append(1)
        if len(begun) > number:
            if state == "failed":
                raise RuntimeError
            raise JobCancelled
        return begin(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(multi_part_changes, "_offset_progress", cancel)
        job = run(job)
    assert job.state == state
    return job


def vip() -> int:
    return Lead.objects.filter(vip=True).count()


def whole() -> Operation:
    return Operation.objects.whole().get(kind="vip")
