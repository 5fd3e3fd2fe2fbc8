"""One or two standbys for all tests of this folder; each test finds them following the primary."""

import pytest
from django.conf import settings as of_tests
from django.db import connections

from crm.models import Installation
from crm.platform.database import read_routing as reads
from crm.platform.database.connection_settings import get_embedded_server
from crm.scaling.replicas import read_routing, replica_choice, replica_monitor
from crm.scaling.replicas.replica_reads import FromReplicas
from tests.crm.scaling.replicas.standby import a_standby, settings_of
from tests.waiting import until


@pytest.fixture(scope="session")
def pages_standby(django_db_setup):
    with a_standby(get_embedded_server(of_tests.ENVIRONMENT), "pages", hot_standby_feedback="on") as standby:
        yield standby


@pytest.fixture(scope="session")
def reports_standby(django_db_setup):
    delay = {"hot_standby_feedback": "off", "max_standby_streaming_delay": "1s"}
    with a_standby(get_embedded_server(of_tests.ENVIRONMENT), "reports", **delay) as standby:
        yield standby


@pytest.fixture
def limits(monkeypatch):
    """On a busy machine, nothing is late: a replica is left out only by tests of faults, which have the real limits."""
    for name, seconds in {"SILENT": 60, "PATIENCE": 60, "LAG": 3600}.items():
        monkeypatch.setattr(replica_monitor, name, seconds)
    for module in (read_routing, replica_monitor):
        monkeypatch.setattr(module, "OPENED_WITHIN", 60)


@pytest.fixture
def with_replicas(settings, transactional_db, limits):
    """with_replicas(standby, …): this process reads from them from now on, as with DATABASE_REPLICA_URLS."""
    used = []

    def use(*standbys):
        aliases = [f"replica{place}" for place, _standby in enumerate(standbys, 1)]
        for alias, standby in zip(aliases, standbys, strict=True):
            standby.caught_up()
            connections.settings[alias] = settings_of(standby)
        settings.REPLICAS = aliases
        reads.set_read_ways(FromReplicas())
        # Each test empties all tables.
        Installation.objects.get_or_create(pk=Installation.ROW, key="tests")
        middleware = settings.MIDDLEWARE
        at = middleware.index("django.contrib.sessions.middleware.SessionMiddleware")
        settings.MIDDLEWARE = [
            *middleware[:at],
            "crm.scaling.replicas.position_middleware.PositionMiddleware",
            *middleware[at:],
        ]
        replica_monitor.forget_watch()
        used.extend(zip(aliases, standbys, strict=True))
        until(lambda: len(replica_monitor.get_watch().get_usable_replicas()) == len(aliases))

    yield use
    reads.set_read_ways(reads.FromPrimary())
    replica_monitor.forget_watch()
    for alias, standby in used:
        standby.go_on()
        if not standby.server.alive:
            standby.start()
        standby.resume()
        connections[alias].close()
        del connections[alias], connections.settings[alias]


@pytest.fixture
def replica(with_replicas, pages_standby):
    with_replicas(pages_standby)
    return pages_standby


@pytest.fixture
def answers(monkeypatch):
    """What became of each read that was sent to a replica: ("replica1", "answered"), …"""
    found = []
    monkeypatch.setattr(replica_choice, "_record_read", lambda alias, outcome: found.append((alias, outcome)))
    return found
