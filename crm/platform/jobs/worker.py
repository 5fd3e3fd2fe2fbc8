"""The worker: runs queued jobs, picks up those of dead workers, and cleans up once an hour."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from crm.platform.configuration.company import get_company_zone, keep_company_settings
from crm.platform.configuration.worker_lanes import Lane, get_lanes
from crm.platform.jobs import interrupt_jobs
from crm.platform.jobs.end_listener import EndsOfJobs
from crm.platform.jobs.housekeeping import EACH_MINUTE, EACH_MOMENT, clean_up, clean_up_in_each_worker
from crm.platform.monitoring.current_task import run_tracked_task
from crm.platform.web.transactions import is_connection_lost

if settings.ENVIRONMENT.otel:
    # An optional library, which takes memory.
    from crm.platform.monitoring import traces

log = logging.getLogger(__name__)

# Seconds between a worker's heartbeats, until a silent one counts as dead, and between checks for abandoned jobs.
HEARTBEAT, DEAD_AFTER, LOOK_EVERY = 5, 30, 60
CLEAN_UP_EVERY, MINUTE, MOMENT = 60 * 60, 60, 2
# Threads besides those of the lanes: one each for the cleanup, for what is on time, for what others wait for, and to spare.
MORE_THREADS = 4
NICENESS = 5
# After this many new objects, Python looks for reference cycles.
COLLECT_AFTER = 50_000


class WorkerLost(Exception):
    """The worker stopped without being asked to, because it lost the database."""


def run_worker(*, alone: bool = False) -> None:
    """Run jobs until SIGTERM or SIGINT. A job that is running then goes back to the queue at its next step. Call after
    connect_directly().

    `alone`: no other worker uses this database, so all running jobs were left by a dead one.
    """
    os.nice(NICENESS)
    if settings.ENVIRONMENT.otel:
        traces.start_tracing("worker")
    collect_rarely()
    # A broken connection is reported in one sentence when the worker ends, not in a traceback for each of its tasks.
    for name in ("procrastinate.utils", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for alias in ("default", "progress"):
        # If this process is killed, the server ends its statement and frees its locks within this many milliseconds.
        options = connections.settings[alias]["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c client_connection_check_interval=1000".strip()
    # A copy of the app with its own connection: jobs that a job queues stay on Django's connection, within the
    # transaction of its work.
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    asyncio.run(_run_lanes(worker_app, alone))


def collect_rarely() -> None:
    """A job creates millions of small objects without cycles; looking for cycles took a third of its time."""
    gc.set_threshold(COLLECT_AFTER, 10, 10)


async def _run_lanes(worker_app: App, alone: bool) -> None:
    worker_app.job_manager = ends = EndsOfJobs(worker_app.connector)
    async with worker_app.open_async():
        await requeue_dead_jobs(worker_app, dead_after=0 if alone else DEAD_AFTER)
        lanes = get_lanes(settings.ENVIRONMENT.queues)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(sum(lane.at_once for lane in lanes) + MORE_THREADS))
        workers = {lane: asyncio.create_task(_run_lane(worker_app, lane)) for lane in lanes}
        for serving in workers.values():
            # If the database is lost, all of them end; the first one's error says so.
            serving.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        ours = [task for lane, task in workers.items() if lane.ours]
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop_worker, stopping)
        beside = [
            *(task for task in workers.values() if task not in ours),
            asyncio.create_task(_repeat_every(LOOK_EVERY, lambda: requeue_dead_jobs(worker_app))),
            asyncio.create_task(
                _repeat_every(CLEAN_UP_EVERY, sync_to_async(_clean_up, thread_sensitive=False))
            ),
            asyncio.create_task(
                _repeat_every(MINUTE, sync_to_async(_run_minute_steps, thread_sensitive=False))
            ),
            asyncio.create_task(
                _repeat_every(MOMENT, sync_to_async(_run_moment_steps, thread_sensitive=False))
            ),
        ]
        asked, lost = asyncio.create_task(stopping.wait()), asyncio.create_task(ends.lost.wait())
        try:
            first = [asked, lost, *workers.values()]
            ended, _rest = await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not stopping.is_set():
                for task in ended:
                    await task
                raise WorkerLost
            for task in ours:
                task.cancel()
            # Each job ends at its next step and returns to its queue.
            await asyncio.gather(*ours, return_exceptions=True)
        finally:
            for task in [asked, lost, *ours, *beside]:
                task.cancel()


async def _run_lane(worker_app: App, lane: Lane) -> None:
    await worker_app.run_worker_async(
        queues=list(lane.queues),
        concurrency=lane.at_once,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=DEAD_AFTER,
        task_middleware=[
            run_tracked_task,
            _run_with_company_settings,
            *([traces.trace_task] if settings.ENVIRONMENT.otel else []),
        ],
    )


def _run_with_company_settings(run: Callable[[], Any], _context: Any, _worker: Any) -> Any:
    """Around each task: it reads them at most once, and is on the company's clock."""
    with _company_settings_and_clock():
        return run()


@contextmanager
def _company_settings_and_clock() -> Iterator[None]:
    with keep_company_settings(), timezone.override(get_company_zone()):
        yield


def _stop_worker(stopping: asyncio.Event) -> None:
    stopping.set()
    interrupt_jobs()
    # Every connection that is cut off during a query would log a warning, and that is how all of them end.
    logging.getLogger("psycopg").setLevel(logging.ERROR)


async def _repeat_every(seconds: float, step: Callable) -> None:
    while True:
        try:
            await step()
        except Exception as error:
            # If the database is lost, the worker ends, and says so in one sentence.
            if not is_connection_lost(error) and not isinstance(error, ConnectorException):
                log.exception("The worker's own work")
        await asyncio.sleep(seconds)


async def requeue_dead_jobs(worker_app: App, dead_after: float = DEAD_AFTER) -> int:
    """Requeue the jobs of workers that have been silent for this many seconds. Returns how many."""
    manager = worker_app.job_manager
    await manager.prune_stalled_workers(dead_after)
    taken = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        # Another worker may have been faster.
        with contextlib.suppress(ConnectorException):
            await manager.retry_job(job, retry_at=timezone.now())
            taken += 1
    return taken


def _clean_up() -> None:
    _with_connections(clean_up)


def _run_minute_steps() -> None:
    _with_connections(clean_up_in_each_worker)
    _with_connections(lambda: clean_up(EACH_MINUTE))


def _run_moment_steps() -> None:
    _with_connections(lambda: clean_up(EACH_MOMENT))


def _with_connections(step: Callable) -> None:
    close_old_connections()
    try:
        with _company_settings_and_clock():
            step()
    finally:
        close_old_connections()
