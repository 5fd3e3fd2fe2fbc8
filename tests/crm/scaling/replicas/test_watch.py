"""When a replica is left out, by a clock that the tests set."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from crm.models import Installation
from crm.scaling.replicas import replica_monitor
from crm.scaling.replicas.replica_monitor import ReplicaSample, ReplicaState, ReplicaWatch

PRIMARY = datetime(2026, 1, 5, tzinfo=UTC)
NEXT_PRIMARY = PRIMARY + timedelta(minutes=1)


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(replica_monitor, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


@pytest.fixture
def looking(clock, monkeypatch):
    """A watch that has no threads: the tests say what it sees."""
    monkeypatch.setattr(ReplicaWatch, "_follow", lambda self, alias: None)
    found = ReplicaWatch(["replica1", "replica2"])
    for second in range(3):
        found.samples.append(ReplicaSample(clock.seconds - 2 + second, 100 + second, PRIMARY))
    seen = ReplicaState(clock.seconds, 102, recovers=True, for_pages=True, primary=PRIMARY)
    found.seen = {"replica1": seen, "replica2": replaced(seen, for_pages=False)}
    return found


def replaced(seen: ReplicaState, **values) -> ReplicaState:
    return ReplicaState(**(vars(seen) | values))


def see(looking: ReplicaWatch, alias: str = "replica1", **values) -> str:
    """The state of a replica that answers so."""
    looking.seen[alias] = replaced(looking.seen[alias], **values)
    return looking.get_states()[alias]


def test_one_that_answers_and_has_what_the_primary_had_a_second_ago_is_read_from(looking):
    assert looking.get_usable_replicas() == {"replica1": True, "replica2": False}
    assert see(looking, position=101) == "up"
    assert see(looking, position=100) == "behind"


def test_one_that_does_not_answer_is_left_out_within_a_second(looking, clock):
    clock.seconds += 0.75
    assert looking.get_states()["replica1"] == "up"
    clock.seconds += 0.1
    assert looking.get_states()["replica1"] == "down"


def test_one_whose_connection_broke_is_left_out_at_once(looking):
    looking._cut_connections("replica1")
    assert looking.get_states() == {"replica1": "down", "replica2": "up"}


def test_one_that_lets_new_connections_wait_is_left_out(looking):
    looking.leave_out("replica1")
    assert not looking.is_answering("replica1")
    assert looking.get_states() == {"replica1": "down", "replica2": "up"}


def test_without_a_word_from_the_primary_no_replica_is_read_from(looking, clock):
    clock.seconds += 0.9
    looking.seen = {alias: replaced(seen, at=clock.seconds) for alias, seen in looking.seen.items()}
    assert looking.get_primary() is None
    assert looking.get_usable_replicas() == {}


def test_positions_of_a_former_primary_are_not_compared_with_those_of_the_new_one(looking, clock):
    looking.samples.append(ReplicaSample(clock.seconds, 50, NEXT_PRIMARY))
    assert (looking.get_primary(), looking.get_required_position()) == (NEXT_PRIMARY, 50)
    assert see(looking, position=60) == "diverged"
    assert see(looking, position=60, primary=NEXT_PRIMARY) == "up"


def test_exports_choose_those_for_long_reads_however_late_they_are(looking):
    assert looking.get_replicas_for_exports() == ["replica2"]
    see(looking, "replica2", position=0)
    assert looking.get_replicas_for_exports() == ["replica2"]
    see(looking, "replica2", answers=False)
    assert looking.get_replicas_for_exports() == []
    # The one for long reads is the primary at the moment.
    see(looking, "replica2", answers=True, recovers=False)
    assert looking.get_replicas_for_exports() == ["replica1"]
    see(looking, "replica2", recovers=True, for_pages=True, position=102)
    assert looking.get_replicas_for_exports() == ["replica1", "replica2"]
    see(looking, "replica1", position=0)
    assert looking.get_replicas_for_exports() == ["replica2"]


def test_an_export_is_cut_off_later_than_a_page(looking, clock):
    cut, page, export = [], Wrapper(), Wrapper()
    for wrapper, patiently in {page: False, export: True}.items():
        line = SimpleNamespace(shutdown=lambda how, wrapper=wrapper: cut.append(wrapper), close=lambda: None)
        looking.guarded["replica1"][wrapper] = [None, line, patiently]
    looking._cut_connections("replica1")
    assert cut == [page]
    clock.seconds += replica_monitor.PATIENCE_OF_EXPORTS + 0.1
    looking._cut_connections("replica1")
    assert cut == [page, export]


class Wrapper:
    pass


@pytest.mark.django_db(transaction=True)
def test_a_new_primary_is_marked_by_one_process_and_the_others_do_not_wait():
    def mark(cursor) -> int:
        cursor.execute(replica_monitor.MARK)
        return cursor.rowcount

    Installation.objects.update_or_create(
        pk=Installation.ROW, defaults={"key": "x", "primary_started_at": PRIMARY}
    )
    with closing(connection.copy()) as another, another.cursor() as second:
        with transaction.atomic(), connection.cursor() as first:
            assert (mark(first), mark(second)) == (1, 0)
        assert mark(second) == 0
        second.execute("SELECT primary_started_at = pg_postmaster_start_time() FROM crm_installation")
        assert second.fetchone() == (True,)
