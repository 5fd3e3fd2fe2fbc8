"""Another primary: only standbys that follow it are read from, whatever position those of the former one have replayed."""

import pytest
from django.db import connection, connections
from django.utils import timezone

from crm.records.history.verb_execution import operation
from crm.scaling.replicas import health, replica_monitor
from leads.models import Lead
from tests.api.conftest import Program, make_token
from tests.api.v2.changes.conftest import Follower
from tests.crm.scaling.replicas.standby import a_standby, asked
from tests.waiting import until

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

LIST = "/admin/leads?sort=name"
# Written on the former primary, and replayed by its standby only.
A_MEGABYTE = "SELECT pg_logical_emit_message(true, 'tests', repeat('x', 1000)) FROM generate_series(1, 1000)"


@pytest.fixture
def moved(monkeypatch):
    """moved(server): this process finds the primary there, as it does behind a proxy."""

    def move(server):
        for alias in ("default", "progress"):
            connections[alias].close()
            monkeypatch.setitem(connections.settings[alias], "HOST", str(server.socket))

    yield move
    for alias in ("default", "progress"):
        connections[alias].close()
    monkeypatch.undo()


def position(standby) -> int:
    return standby.ask("SELECT (coalesce(pg_last_wal_replay_lsn(), '0/0') - '0/0')::bigint")[0][0]


def written() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint")
        return cursor.fetchone()[0]


@pytest.fixture
def new(reports_standby):
    """The standby that becomes the primary. It doesn't get the last changes of the former one."""
    with a_standby(reports_standby.primary, "new") as standby:
        yield standby


@pytest.fixture
def follower(new):
    """Follows it before and after that."""
    settings = {"primary_conninfo": f"host={new.server.socket} user=postgres"}
    with a_standby(new.primary, "follower", wal_retrieve_retry_interval="100ms", **settings) as standby:
        yield standby


@pytest.mark.nightly
def test_after_a_failover_only_standbys_that_follow_the_new_primary_are_read_from(
    new, follower, reports_standby, sign_in, conrad, make_lead, with_replicas, answers, moved
):
    browser = sign_in(conrad)
    lead = make_lead("Jan Kettleworth")
    with_replicas(reports_standby, follower)
    new.caught_up()
    new.stop()
    new.settings["primary_conninfo"] = ""
    new.start()
    asked(new.primary, A_MEGABYTE)
    reports_standby.caught_up()
    new.ask("SELECT pg_promote()")
    moved(new.server)

    Lead.objects.filter(pk=lead.pk).update(last_name="Brightwater")
    assert written() < position(reports_standby)
    assert "Brightwater" in browser.get(LIST).content.decode()
    # The primary that was seen last is another one.
    assert answers == []

    replica_monitor.forget_watch()
    until(lambda: replica_monitor.get_watch().get_states() == {"replica1": "diverged", "replica2": "up"})
    assert "Brightwater" in browser.get(LIST).content.decode()
    assert answers == [("replica2", "answered")]


def test_health_names_a_replica_that_follows_another_primary(with_replicas, reports_standby, monkeypatch):
    with_replicas(reports_standby)
    assert [*health.check_replicas()] == []
    monkeypatch.setattr(replica_monitor.ReplicaWatch, "get_primary", lambda self: timezone.now())
    monkeypatch.setattr(replica_monitor.ReplicaWatch, "get_required_position", lambda self: 0)
    assert [line.text for line in health.check_replicas()] == [
        "Replica 1 of the database doesn’t follow the primary, so it isn’t read from."
    ]


@pytest.mark.nightly
def test_a_program_follows_changes_across_a_failover_that_lost_the_last_ones(new, ann, make_lead, moved):
    """The new primary gives out transaction IDs that the former one has used too."""
    lead = make_lead("Jan Kettleworth", owner=ann)
    follower = Follower(Program(make_token(ann), "Authorization", "Bearer "), "leads")
    new.caught_up()
    new.stop()
    new.settings["primary_conninfo"] = ""
    new.start()
    for city in ("Arad", "Cluj", "Iași"):
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(city=city)
    assert follower.follow() == [(lead.pk, "changed")]
    new.ask("SELECT pg_promote()")
    moved(new.server)

    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(city="Brașov")
    assert follower.follow() == [(lead.pk, "changed")]
    assert follower.copy[lead.pk]["city"] == "Brașov"
    assert follower.follow() == []
