"""What a worker does at once: short jobs don't wait for long ones, and no user's jobs delay those of others for long."""

import asyncio
import io
import threading

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Import, Job
from crm.platform import jobs
from crm.platform.configuration.worker_lanes import LANE_NAMES, LANES, get_lanes
from crm.platform.jobs import job_control, job_runner
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind
from crm.platform.jobs.worker import _run_lane, requeue_dead_jobs
from crm.platform.server import current_job
from tests.crm.transfer.imports.importing import NEW, workbook
from tests.crossing import TAKES_LONG, held_up, waiting_for_locks
from tests.waiting import PATIENCE, until, until_ended, until_set

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
    pytest.mark.usefixtures("empty_queue"),
]


@pytest.fixture
def kinds(monkeypatch):
    """The jobs of the kinds "short" and "long" in the order in which they were done; "long" waits for `go_on`."""
    done, go_on = [], threading.Event()

    def short(job, progress):
        done.append(job.pk)

    def long(job, progress):
        until_set(go_on)
        done.append(job.pk)

    monkeypatch.setitem(JOB_KINDS, "short", JobKind(short, lambda arguments: "Short", quiet=True))
    monkeypatch.setitem(JOB_KINDS, "long", JobKind(long, lambda arguments: "Long", quiet=True, long=True))
    yield done, go_on
    go_on.set()


def lane_of(job: Job) -> str:
    return ProcrastinateJob.objects.get(args__job_id=job.pk).queue_name


def run(lane: str) -> None:
    """Run what waits in a lane, to its end."""

    async def work() -> None:
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as worker_app:
            await asyncio.wait_for(
                worker_app.run_worker_async(queues=[lane], wait=False, install_signal_handlers=False),
                PATIENCE,
            )

    asyncio.run(work())


@pytest.mark.parametrize(
    ("kind", "total", "long", "lane"),
    [
        ("short", 0, False, "jobs"),
        ("short", job_control.MANY, False, "jobs"),
        ("short", job_control.MANY + 1, False, "long"),
        ("short", 0, True, "long"),
        ("long", 1, False, "long"),
        ("a kind of a later version", 1, False, "jobs"),
    ],
)
def test_long_jobs_wait_in_their_own_queue(ann, kinds, kind, total, long, lane):
    assert lane_of(jobs.start_job(kind, ann, {}, total=total, long=long)) == lane


def test_a_short_job_is_done_while_a_long_one_runs(ann, kinds):
    done, go_on = kinds
    long = jobs.start_job("long", ann, {})
    thread = threading.Thread(target=run, args=["long"])
    thread.start()
    try:
        until(lambda: Job.objects.get(pk=long.pk).state == Job.State.RUNNING)
        short = jobs.start_job("short", ann, {})
        run("jobs")
        assert (done, Job.objects.get(pk=short.pk).state) == ([short.pk], Job.State.FINISHED)
        assert Job.objects.get(pk=long.pk).state == Job.State.RUNNING
    finally:
        go_on.set()
        until_ended(thread)
    assert done == [short.pk, long.pk]


def test_the_first_job_of_a_user_comes_before_the_others_of_a_busy_one(ann, bob, carla, kinds):
    done, _go_on = kinds
    of_ann = [jobs.start_job("short", ann, {}).pk for _number in range(5)]
    of_bob = [jobs.start_job("short", bob, {}).pk for _number in range(2)]
    of_carla = jobs.start_job("short", carla, {}).pk
    run("jobs")
    assert done == [of_ann[0], of_bob[0], of_carla, of_ann[1], of_bob[1], *of_ann[2:]]


def test_the_second_job_of_a_user_comes_after_the_first_of_others_while_the_first_one_runs(ann, bob, kinds):
    done, _go_on = kinds
    running = jobs.start_job("short", ann, {})
    status = "UPDATE procrastinate_jobs SET status = %s WHERE args ->> 'job_id' = %s"
    with connection.cursor() as cursor:
        cursor.execute(status, ["doing", str(running.pk)])
        second, of_bob = jobs.start_job("short", ann, {}), jobs.start_job("short", bob, {})
        cursor.execute(status, ["succeeded", str(running.pk)])
    run("jobs")
    assert done == [of_bob.pk, second.pk]


def test_a_user_has_one_long_job_at_a_time_however_many_workers_there_are(ann, bob, kinds):
    done, go_on = kinds
    first, second = (jobs.start_job("long", ann, {}) for _number in range(2))
    of_bob = jobs.start_job("long", bob, {})
    workers = [threading.Thread(target=run, args=["long"]) for _number in range(3)]
    for worker in workers:
        worker.start()
    try:
        until(lambda: Job.objects.filter(pk__in=[first.pk, of_bob.pk], state="running").count() == 2)
        assert Job.objects.get(pk=second.pk).state == "waiting"
    finally:
        go_on.set()
        until_ended(*workers)
    run("long")
    assert set(done[:2]) == {first.pk, of_bob.pk}
    assert done[2:] == [second.pk]


def test_stopping_interrupts_all_jobs_of_a_worker_and_returns_them_to_their_queues(ann, bob, monkeypatch):
    def slow(job, progress):
        with connection.cursor() as cursor:
            cursor.execute(TAKES_LONG)

    monkeypatch.setitem(JOB_KINDS, "slow", JobKind(slow, lambda arguments: "Slow", quiet=True))
    started = [jobs.start_job("slow", ann, {}), jobs.start_job("slow", bob, {}, long=True)]
    raised = []

    def works(job: Job) -> None:
        try:
            jobs.run_job(job_id=job.pk)
        except job_runner.JobInterrupted as interrupted:
            raised.append(interrupted)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=works, args=[job]) for job in started]
    with held_up():
        for thread in threads:
            thread.start()
        until(lambda: waiting_for_locks() == 2)
        assert not current_job.is_running()
        jobs.interrupt_jobs()
        until_ended(*threads)
    job_runner._interrupted.clear()
    assert len(raised) == 2
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.WAITING}
    assert not job_runner._in_use


def test_every_task_has_a_lane(db):
    """A task in a queue that no worker serves would wait for ever."""
    served = {name for lane in LANES for name in lane.queues}
    app.perform_import_paths()
    named = {task.name: task.queue for task in app.tasks.values() if not task.name.startswith("builtin:")}
    assert {"run_job", "mail_link", "count_report", "derive_contact_due", "deliver"} <= set(named)
    assert {name: lane for name, lane in named.items() if lane not in served} == {}


def test_a_worker_serves_all_its_lanes_at_once(ann, bob, kinds):
    done, go_on = kinds
    go_on.set()
    started = [
        jobs.start_job("short", ann, {}),
        jobs.start_job("long", ann, {}),
        jobs.start_job("long", bob, {}),
    ]

    async def serve() -> None:
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as worker_app:
            tasks = [asyncio.create_task(_run_lane(worker_app, lane)) for lane in LANES]
            await asyncio.to_thread(
                until, lambda: len(done) == len(started) or any(task.done() for task in tasks)
            )
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert [error for error in ended if isinstance(error, Exception)] == []

    asyncio.run(serve())
    assert sorted(done) == [job.pk for job in started]


def test_a_worker_runs_all_lanes_or_those_that_its_settings_name():
    assert [lane.name for lane in get_lanes([])] == LANE_NAMES
    assert [lane.name for lane in get_lanes(["mailings", "long"])] == ["long", "mailings"]


def test_the_jobs_of_a_dead_worker_keep_their_queue_and_their_place(ann, kinds):
    job = jobs.start_job("long", ann, {})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [cursor.fetchone()[0]]
        )

    async def taken_up() -> int:
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as worker_app:
            return await requeue_dead_jobs(worker_app)

    assert asyncio.run(taken_up()) == 1
    assert ProcrastinateJob.objects.filter(
        status="todo", queue_name="long", lock=f"long of user {ann.pk}"
    ).exists()
    assert lane_of(job) == "long"


def test_a_small_file_with_many_rows_is_read_among_the_long_jobs(sign_in, ann, monkeypatch):
    monkeypatch.setattr("crm.transfer.imports.jobs.MANY", 50)
    rows = [["Last name", "City"], *([["Pop", "Cluj"]] * 60)]
    for data, name in ((workbook(rows), "leads.xlsx"), (workbook(rows[:40]), "few.xlsx")):
        sign_in(ann).post(NEW, {"file": SimpleUploadedFile(name, data)})
    many, few = Import.objects.order_by("pk")
    assert [lane_of(imported.job) for imported in (many, few)] == ["jobs", "jobs"]
    run("jobs")
    for imported in (many, few):
        imported.refresh_from_db()
    assert (few.state, few.rows) == ("columns", 39)
    assert (many.state, many.job.state, lane_of(many.job)) == ("reading", Job.State.WAITING, "long")
    waiting = ProcrastinateJob.objects.get(args__job_id=many.job.pk)
    assert (waiting.lock, waiting.priority) == (f"long of user {ann.pk}", 0)
    run("long")
    many.refresh_from_db()
    assert (many.state, many.rows, many.job.state) == ("columns", 60, Job.State.FINISHED)


def test_a_workbook_whose_sheets_have_many_rows_together_is_read_among_the_long_jobs(
    sign_in, ann, monkeypatch
):
    monkeypatch.setattr("crm.transfer.imports.jobs.MANY", 50)
    book = openpyxl.load_workbook(io.BytesIO(workbook([["Last name", "City"], *([["Pop", "Cluj"]] * 30)])))
    for row in [["Last name", "City"], *([["Albu", "Arad"]] * 30)]:
        (book["More"] if "More" in book.sheetnames else book.create_sheet("More")).append(row)
    out = io.BytesIO()
    book.save(out)
    sign_in(ann).post(NEW, {"file": SimpleUploadedFile("two.xlsx", out.getvalue())})
    run("jobs")
    imported = Import.objects.get()
    assert (imported.state, lane_of(imported.job)) == ("reading", "long")
