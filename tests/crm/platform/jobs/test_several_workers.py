"""What workers do beside their jobs: with several of them, no step runs in two at once."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone

from crm.models import HourlyStep, Job
from crm.platform.jobs import housekeeping
from crm.platform.jobs.housekeeping import clean_up
from crm.records.history.verb_execution import operation
from duplicates.models import DuplicateRules
from duplicates.nightly_scan import start_nightly_scan
from privacy.models import RetentionRule
from privacy.retention.nightly_run import start_nightly_retention
from tests.waiting import until_set

pytestmark = pytest.mark.django_db(transaction=True)


class Worker(threading.Thread):
    """Runs housekeeping like another worker, on its own connections."""

    def __init__(self, steps: list | None) -> None:
        super().__init__()
        self.steps, self.removed = steps, {}

    def run(self) -> None:
        try:
            self.removed = clean_up(self.steps)
        finally:
            connections.close_all()


class Step:
    """A step that waits until it may go on, and counts how many workers are in it."""

    __name__ = "a_long_step"

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.inside = self.most = self.done = 0

    def __call__(self) -> int:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.begun.set()
        until_set(self.go_on)
        self.inside -= 1
        self.done += 1
        return 1


@pytest.fixture
def step():
    step = Step()
    yield step
    step.go_on.set()


def test_a_step_that_must_be_on_time_is_left_to_the_worker_that_runs_it(step):
    first = Worker([step])
    first.start()
    until_set(step.begun)
    other_step_ran = []
    assert clean_up([step, lambda: other_step_ran.append(1) or 1]) == {"a_long_step": 0, "<lambda>": 1}
    step.go_on.set()
    first.join()
    assert (first.removed, step.done, other_step_ran) == ({"a_long_step": 1}, 1, [1])
    assert clean_up([step]) == {"a_long_step": 1}


def hours_pass(hours: float) -> None:
    HourlyStep.objects.update(at=F("at") - timedelta(hours=hours))


def test_an_hourly_step_runs_once_an_hour_in_whichever_worker(step, monkeypatch):
    step.go_on.set()
    monkeypatch.setattr(housekeeping, "STEPS", [step])
    workers = [Worker(None) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(worker.removed["a_long_step"] for worker in workers) == [0, 0, 1]
    hours_pass(0.8)
    assert clean_up()["a_long_step"] == 0
    hours_pass(0.2)
    assert clean_up()["a_long_step"] == 1
    assert step.done == 2


def test_a_step_about_files_of_the_machine_runs_in_each_worker(step, monkeypatch):
    step.go_on.set()
    monkeypatch.setattr(housekeeping, "STEPS", [])
    monkeypatch.setattr(housekeeping, "ON_EACH_MACHINE", [step])
    workers = [Worker(None) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.removed for worker in workers] == [{"a_long_step": 1}] * 3


def test_an_hourly_step_that_fails_is_still_due(monkeypatch):
    ran: list[int] = []

    def fails() -> int:
        ran.append(1)
        return 1 // (len(ran) - 1)

    monkeypatch.setattr(housekeeping, "STEPS", [fails])
    assert [clean_up().get("fails") for _time in range(3)] == [None, 1, 0]


def test_an_hourly_step_that_hangs_in_one_worker_does_not_stop_the_others(step, monkeypatch):
    monkeypatch.setattr(housekeeping, "STEPS", [step, lambda: 7])
    first = Worker(None)
    first.start()
    until_set(step.begun)
    removed = clean_up()
    assert (removed["a_long_step"], removed["<lambda>"]) == (0, 7)
    step.go_on.set()
    first.join()


@pytest.mark.parametrize("step", [start_nightly_scan, start_nightly_retention])
def test_two_workers_start_the_work_of_a_night_once(ada, statuses, monkeypatch, step):
    with operation("test", by=None):
        DuplicateRules(pk=DuplicateRules.ROW, nightly=True).save()
        RetentionRule.objects.create(status=statuses.lost, months=12)
    night = timezone.make_aware(datetime(2026, 11, 20, 4, 0))
    monkeypatch.setattr(timezone, "localtime", lambda *_given: night)
    monkeypatch.setattr(housekeeping, "STEPS", [step])
    workers = [Worker(None) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(worker.removed[step.__name__] for worker in workers) == [0, 0, 1]
    assert Job.objects.count() == 1
