"""A mailing to 10,000 recipients: how fast it is sent, with how much memory, and what is sent twice if its worker is killed."""

import json
import random
import time

import pytest
from django.utils import timezone

from mailings.models import Delivery
from tests.hard.at_size.mailing import a_counting_server, a_mailing, started
from tests.hard.many import many_leads

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]
RECIPIENTS, KILLED, KILLS, AT_ONCE = 10_000, 2_000, 8, 4


@pytest.fixture
def mailing_to(departments, statuses, sources, ann):
    def made(number: int):
        return a_mailing(
            ann, departments.sales, many_leads(number, departments.sales, statuses.new, sources.other)
        )

    return made


@pytest.mark.nightly
@pytest.mark.parametrize(("at_once", "least"), [(1, 50), (AT_ONCE, 150)])
def test_ten_thousand_emails_are_sent_fast_with_constant_memory(mailing_to, at_once, least):
    mailing = mailing_to(RECIPIENTS)
    with a_counting_server() as (accepted, port):
        said = json.loads(started(mailing, port, at_once).communicate(timeout=400)[0])
    assert accepted.total() == len(accepted) == RECIPIENTS
    rate, grown = RECIPIENTS / said["seconds"], said["late"] - said["early"][0]
    measured = f"{at_once} connections: {rate:.0f} emails a second, {said['late'] // 1024} MB, {grown / 1024:.1f} MB more"
    assert rate >= least, measured
    assert grown < 20_000, measured


@pytest.mark.nightly
def test_a_worker_that_is_killed_sends_at_most_one_email_for_each_connection_twice(mailing_to):
    random.seed(16)
    mailing = mailing_to(KILLED)
    rows = Delivery.objects.of_mailing(mailing)
    with a_counting_server() as (accepted, port):
        for _kill in range(KILLS):
            process, before = started(mailing, port, AT_ONCE), accepted.total()
            while accepted.total() == before and process.poll() is None:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.4))
            process.kill()
            process.wait()
            # As if the time of the rows that it had taken were over.
            rows.in_state("sending").update(taken_until=timezone.now())
        assert rows.in_state("waiting", "sending").exists()
        started(mailing, port, AT_ONCE).communicate(timeout=120)
    assert len(accepted) == KILLED
    assert not rows.exclude(state="sent").exists()
    assert accepted.total() - KILLED <= KILLS * AT_ONCE
