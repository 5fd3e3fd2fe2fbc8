"""Each part of the cluster is lost once while twenty users work and an import runs: what was acknowledged is there, once."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.failover.conftest import ANSWERS, FIGURES, PASSWORD, keep_figures
from tests.failover.importing import ROWS, Importing

pytestmark = [pytest.mark.failover, pytest.mark.timeout(1_200)]

# Seconds: of work before a loss, and of work after the loss; until writes and reads must be accepted again.
BEFORE, AFTER, LEASE_AND_AFTER = 8, 30, 50
WRITES_WITHIN, READS_WITHIN = 30, 5
# After wal_receiver_timeout, replicas take nothing more from a connection, and before the lease of the primary is over.
RECEIVERS_GIVE_UP = 12


@contextmanager
def at_work(cluster, load, lost: str, *, reads_within: float = READS_WITHIN, after: float = AFTER):
    """People work and an import begins to add its rows; then the block loses something, and all bars are checked."""
    cluster.wait_until_complete()
    first = len(load.answers)
    importing = Importing(cluster, PASSWORD, load.round + 1)
    load.begin()
    try:
        importing.start()
        time.sleep(BEFORE)
        importing.wait_for(importing.applies, 120)
        # Some of its rows are written, and none is committed.
        cluster.wait(lambda: importing.job()[1] > 0, 60, "The import")
        assert importing.job()[0] == "running"
        since = time.monotonic()
        yield
        time.sleep(max(0, since + after - time.monotonic()))
        until = time.monotonic()
    finally:
        load.end()
    writes = load.longest_without({"write", "program"}, since, until)
    reads = load.longest_without({"read"}, since, until)
    failed = [answer for answer in load.answers[first:] if not answer.well]
    FIGURES.append((lost, writes, reads, len(failed)))
    ANSWERS[lost] = [
        (answer.kind, round(answer.begun - since, 2), round(answer.ended - since, 2), answer.status)
        for answer in load.answers[first:]
    ]
    keep_figures()
    assert {answer.wrong for answer in load.answers[first:] if answer.wrong} == set()
    importing.wait_for(importing.finished, 300)
    assert importing.rows() == (ROWS, ROWS)
    check_all_leads(cluster, load)
    assert writes <= WRITES_WITHIN
    assert reads <= reads_within


def check_all_leads(cluster, load) -> None:
    """Also of the losses before. A form whose answer was lost may have been saved or not, but never twice."""
    found: dict[str, list[int]] = {}
    for email, number in cluster.query("SELECT email, id FROM leads_lead WHERE email LIKE '%@load.example'"):
        found.setdefault(email, []).append(number)
    assert {email: numbers for email, numbers in found.items() if len(numbers) > 1} == {}
    assert {email for email in load.added if found.get(email) != [load.added[email]]} == set()
    assert {email for email in load.kept if found.get(email) != [load.kept[email]]} == set()
    assert set(found) <= load.sent
    assert len(load.added) > 10
    assert len(load.kept) > 10
    # The same calls once more add nothing, and get the same numbers.
    mine = [email for email in load.kept if email.split("-")[1] == str(load.round)]
    with ThreadPoolExecutor(4) as threads:
        answers = dict(zip(mine, threads.map(load.call, mine), strict=True))
    assert {email: answer.page for email, answer in answers.items() if answer.status != 201} == {}
    assert {
        email for email, answer in answers.items() if f'"id": {load.kept[email]},' not in answer.page
    } == set()
    [(count,)] = cluster.query("SELECT count(*) FROM leads_lead WHERE email LIKE '%@load.example'")
    assert count == len(found)


def test_the_primary_is_killed(cluster, load):
    before = cluster.primary()
    with at_work(cluster, load, "the primary"):
        cluster.kill_postgres(before)
    assert cluster.primary() != before


def test_the_synchronous_replica_is_killed(cluster, load):
    with at_work(cluster, load, "the synchronous replica"):
        cluster.kill_postgres(cluster.replica("sync_standby"))


def test_the_leader_of_etcd_is_killed(cluster, load):
    before = cluster.primary()
    with at_work(cluster, load, "the leader of etcd"):
        cluster.kill(f"{cluster.etcd_leader()} etcd")
    assert cluster.primary() == before


def test_pgbouncer_is_killed(cluster, load):
    with at_work(cluster, load, "a pgbouncer"):
        cluster.kill("app1 pgbouncer")


def test_a_web_node_is_killed(cluster, load):
    with at_work(cluster, load, "a web node"):
        cluster.kill("app1 web")


def test_a_worker_is_killed(cluster, load):
    with at_work(cluster, load, "a worker"):
        for name in ("app1 worker", "app2 worker"):
            cluster.kill(name)


def test_the_primary_is_cut_off_from_etcd_and_goes_on_because_it_reaches_the_replicas(cluster, load):
    before = cluster.primary()
    try:
        with at_work(cluster, load, "the primary's way to etcd"):
            cluster.cut_off(before)
        assert cluster.primary() == before
    finally:
        cluster.connect_again(before)


@pytest.mark.parametrize("replicas", [False, True], ids=["from etcd", "from etcd and its replicas"])
def test_without_failsafe_mode_a_primary_that_is_cut_off_gives_up_before_another_one_is_promoted(
    cluster, load, replicas
):
    """If it doesn't reach its replicas either, commits wait for them. When it gives up, no one may take these as acknowledged."""
    cluster.wait_until_complete()
    cluster.set_failsafe(False)
    before = cluster.primary()
    lost = "its way to the replicas too" if replicas else "the same without failsafe mode"
    try:
        with at_work(cluster, load, lost, reads_within=WRITES_WITHIN, after=LEASE_AND_AFTER):
            cluster.cut_off(before)
            if replicas:
                with cluster.sending_nothing(before):
                    time.sleep(RECEIVERS_GIVE_UP)
        assert cluster.primary() not in ("", before)
    finally:
        cluster.connect_again(before)
        cluster.wait_until_complete()
        cluster.set_failsafe(True)


def test_the_whole_machine_of_the_primary_is_lost(cluster, load):
    before = cluster.primary()
    try:
        with at_work(
            cluster, load, "the machine with the primary", reads_within=WRITES_WITHIN, after=LEASE_AND_AFTER
        ):
            cluster.kill_machine(before)
        assert cluster.primary() not in ("", before)
    finally:
        cluster.start_machine(before)
    cluster.wait_until_complete()
