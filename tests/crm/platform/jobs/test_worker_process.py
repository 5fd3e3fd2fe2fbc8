"""The worker as a separate process, which LEADWELL_QUEUES limits to some queues."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.platform.configuration.environment import ROOT
from crm.platform.configuration.worker_lanes import LANES
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.database.embedded_postgres import get_shifted_clock
from crm.platform.jobs.job_runner import run_job
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

QUEUES = [queue for lane in LANES for queue in lane.queues]


@pytest.fixture
def worker(tmp_path):
    """worker("long,exports") starts one for these queues on the tests' database."""
    started: list[subprocess.Popen] = []

    def start(queues: str) -> None:
        url = urlsplit(get_embedded_server(django_settings.ENVIRONMENT).url)
        environment = {
            "PATH": os.environ["PATH"],
            **get_shifted_clock(),
            "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "LEADWELL_DATA": str(tmp_path / "data"),
            "LEADWELL_QUEUES": queues,
        }
        with (tmp_path / "worker.log").open("wb") as log:
            command = [sys.executable, str(Path(ROOT) / "manage.py"), "work"]
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE)


def queued_everywhere() -> None:
    """In each queue a job that has ended already, which a worker only takes and leaves."""
    for queue in QUEUES:
        run_job.configure(queue=queue).defer(job_id=0)


def done() -> set[str]:
    return set(ProcrastinateJob.objects.filter(status="succeeded").values_list("queue_name", flat=True))


def wait_for(expected: set[str], log: Path) -> None:
    until(lambda: expected <= done(), said=log.read_text)


def test_a_worker_process_serves_only_the_queues_that_its_settings_name(worker, tmp_path):
    queued_everywhere()
    worker("long,exports,webhooks")
    wait_for({"long", "exports", "webhooks"}, tmp_path / "worker.log")
    # Since the others were queued, it has looked at its own queues once more.
    run_job.configure(queue="long").defer(job_id=0)
    until(lambda: not ProcrastinateJob.objects.filter(queue_name="long", status="todo").exists())
    assert done() == {"long", "exports", "webhooks"}
    worker("")
    wait_for(set(QUEUES), tmp_path / "worker.log")
