"""Reports and start pages that a replica counts for long: their numbers are kept, and counted again, on the primary."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from reports.engine import answer_cache
from reports.models import KeptNumbers, ReadReport

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

FROM_REPLICA = [("replica1", "answered")]


@pytest.fixture
def browser(sign_in, ada, make_lead, replica, monkeypatch):
    """As if everything took long to count."""
    monkeypatch.setattr(answer_cache, "LONG", 0)
    monkeypatch.setattr(answer_cache, "WORTH", -1)
    make_lead("Jan Kettleworth", owner=ada)
    replica.caught_up()
    return sign_in(ada)


def counted_again() -> int:
    return ProcrastinateJob.objects.filter(task_name="count_report").count()


@pytest.mark.parametrize("path", ["/admin/reports/people?period=all", "/admin/today/deferred"])
def test_numbers_that_a_replica_has_counted_are_kept_on_the_primary(browser, replica, answers, path):
    assert browser.get(path).status_code == 200
    assert answers == FROM_REPLICA
    assert KeptNumbers.objects.exists()
    assert ReadReport.objects.exists()


@pytest.mark.parametrize("path", ["/admin/reports/people?period=all", "/admin/today/deferred"])
def test_old_numbers_that_a_replica_has_shown_are_counted_again_by_the_worker(
    browser, replica, answers, path
):
    browser.get(path)
    KeptNumbers.objects.update(at=timezone.now() - answer_cache.FRESH - timedelta(seconds=1))
    replica.caught_up()
    answers.clear()
    assert browser.get(path).status_code == 200
    assert answers == FROM_REPLICA
    assert counted_again() > 0
