"""Web nodes and workers on one machine have their own metrics, which know the replicas, the archive and the pooler."""

import urllib.request

import pytest

from tests.failover.breaking import METRICS

pytestmark = [pytest.mark.failover, pytest.mark.timeout(600)]


def metrics_of(address: str) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.parametrize("unit", METRICS)
def test_each_unit_knows_the_whole_cluster(cluster, unit):
    cluster.wait_until_complete()
    for name in ("APP1", "APP2"):
        found = metrics_of(f"{cluster.values[name]}:{METRICS[unit]}")
        assert found["leadwell_database_up"] == 1
        assert found["leadwell_metrics_missing"] == 0
        assert found["leadwell_worker_up"] == 1
        assert found["leadwell_replicas"] == 2
        assert found["leadwell_wal_archive_waiting_seconds"] < 60
        assert found['leadwell_pool_connections{state="idle"}'] >= 0
        assert found["leadwell_pool_wait_seconds"] == 0
