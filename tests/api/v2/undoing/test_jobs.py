"""API v2: a job is canceled and continued as its page does it."""

import pytest

from crm.models import Job
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import run, small_parts, stopped_after, vip

__all__ = ["small_parts"]
# A job looks on its own connection whether it was canceled.
pytestmark = pytest.mark.django_db(databases=["default", "progress"])

BULK, JOBS = "/api/v2/leads/bulk", "/api/v2/jobs"


@pytest.fixture
def leads(small_parts, make_lead, monkeypatch):
    monkeypatch.setattr("crm.api.v2.bulk_changes.ROWS_AT_ONCE", 2)
    return [make_lead(f"Ana {number}") for number in range(5)]


def start(program) -> Job:
    sent = {"action": "vip", "filter": "all=1"}
    return Job.objects.get(pk=program.post(BULK, sent, expect=202)["job"])


def get_facts(job: Job) -> tuple:
    job.refresh_from_db()
    return job.state, job.cancel_asked, job.done, job.total


WAYS = ("page", "call")


def cancel(way: str, job: Job, user, umbra, sign_in) -> None:
    if way == "call":
        umbra(user).post(f"{JOBS}/{job.pk}/cancel")
    else:
        sign_in(user).post(f"/admin/jobs/{job.pk}/cancel")


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_job_is_canceled_by_a_call_as_by_the_page(state, leads, ann, umbra, sign_in):
    found = []
    for way in WAYS:
        job = start(umbra(ann))
        Job.objects.filter(pk=job.pk).update(state=state)
        cancel(way, job, ann, umbra, sign_in)
        found.append(get_facts(job))
    assert found[0] == found[1]
    assert found[0][:2] == ({"waiting": "cancelled", "running": "running"}[state], True)


def test_a_job_that_was_canceled_changes_nothing_and_is_not_canceled_twice(leads, ann, umbra):
    program = umbra(ann)
    job = start(program)
    assert program.post(f"{JOBS}/{job.pk}/cancel")["state"] == "cancelled"
    assert (run(job).state, vip()) == ("cancelled", 0)
    assert program.post(f"{JOBS}/{job.pk}/cancel", expect=409)["code"] == "already_done"


@pytest.mark.parametrize("state", ["finished", "failed", "cancelled"])
def test_the_page_says_that_a_job_that_has_ended_cannot_be_canceled(state, leads, ann, umbra, sign_in):
    job = start(umbra(ann))
    Job.objects.filter(pk=job.pk).update(state=state)
    page = sign_in(ann).post(f"/admin/jobs/{job.pk}/cancel", follow=True).text
    assert "This job has ended, so it can’t be canceled." in page
    assert "Canceling" not in page
    assert get_facts(job)[:2] == (state, False)


def continue_it(way: str, job: Job, user, umbra, sign_in) -> Job | None:
    """The job that does the rest, or None."""
    if way == "page":
        target = sign_in(user).post(f"/admin/jobs/{job.pk}/continue")["Location"]
        number = int(target.rpartition("/")[2])
    else:
        number = umbra(user).post(f"{JOBS}/{job.pk}/continue", expect=None).get("id", job.pk)
    return None if number == job.pk else Job.objects.get(pk=number)


@pytest.mark.parametrize("way", WAYS)
def test_a_stopped_job_is_continued_by_a_call_as_by_the_page(way, leads, ann, umbra, sign_in, monkeypatch):
    job = stopped_after(1, monkeypatch, start(umbra(ann)))
    rest = continue_it(way, job, ann, umbra, sign_in)
    assert continue_it(way, job, ann, umbra, sign_in) == rest
    assert (rest.kind, rest.user, rest.arguments, rest.operation) == (
        "bulk",
        ann,
        job.arguments,
        job.operation,
    )
    assert (run(rest).state, vip()) == ("finished", 5)
    assert continue_it(way, job, ann, umbra, sign_in) is None


@pytest.mark.parametrize("way", WAYS)
def test_only_the_user_who_started_a_job_continues_it(way, leads, ann, ada, umbra, sign_in, monkeypatch):
    job = stopped_after(1, monkeypatch, start(umbra(ann)))
    assert continue_it(way, job, ada, umbra, sign_in) is None
    assert Job.objects.count() == 1


def test_a_refused_continuation_says_why_as_the_page_does(leads, ann, ada, umbra, monkeypatch):
    job = stopped_after(1, monkeypatch, start(umbra(ann)))
    path = f"{JOBS}/{job.pk}/continue"
    refused = umbra(ada).post(path, expect=409)
    assert (refused["code"], refused["detail"]) == (
        "not_continued",
        "Only the user who started this job can continue it.",
    )
    run(continue_it("call", job, ann, umbra, None))
    assert umbra(ann).post(path, expect=409)["detail"] == "This job can’t be continued."


@pytest.mark.parametrize("name", ["cancel", "continue"])
def test_the_job_of_a_colleague_is_not_found_and_an_administrator_cancels_every_one(
    name, leads, ann, bob, ada, umbra
):
    job = start(umbra(ann))
    umbra(bob).post(f"{JOBS}/{job.pk}/{name}", expect=404)
    umbra(ann, ["operations.get"]).post(f"{JOBS}/{job.pk}/{name}", expect=403)
    umbra(ann).post(f"{JOBS}/{job.pk}/{name}", {"sure": True}, expect=422)
    assert get_facts(job)[:2] == ("waiting", False)
    if name == "cancel":
        umbra(ada).post(f"{JOBS}/{job.pk}/cancel")
        assert get_facts(job)[0] == "cancelled"
    assert not Lead.objects.filter(vip=True).exists()
