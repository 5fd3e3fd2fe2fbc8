"""A machine with PostgreSQL is lost with its disk, and an empty one takes its place, by the lines of
docs/scaling/cluster.md."""

import re
import shutil
import subprocess

import psycopg
import pytest

from crm.platform.configuration.environment import ROOT

pytestmark = [pytest.mark.failover, pytest.mark.timeout(600)]

SECTION = re.compile(r"(?ms)^## Replacing a machine$(.*?)(?=^## |\Z)")


def documented(name: str) -> str:
    """The only documented line that contains this."""
    text = SECTION.search((ROOT / "docs" / "scaling" / "cluster.md").read_text())[1]
    (line,) = [line.strip() for line in text.splitlines() if line.startswith("    ") and name in line]
    return line


def test_an_empty_machine_takes_the_place_of_one_that_is_lost(cluster):
    cluster.wait_until_complete()
    values, lost, left = cluster.values, cluster.replica("replica"), cluster.primary()

    def follow(line: str, **replaced: str) -> str:
        words = documented(line)
        places = {
            "10.0.0.21": values[left.upper()],
            "10.0.0.23": values[lost.upper()],
            "db3": lost,
            "/etc/leadwell": str(cluster.configuration_of(lost)),
            **replaced,
        }
        for name, place in places.items():
            words = words.replace(name, place)
        return subprocess.run(["sh", "-euc", words], capture_output=True, text=True, check=True).stdout

    def members() -> dict[str, tuple[str, str]]:
        """{"db1": (its ID, "started"), …}"""
        found = [line.split(", ") for line in follow("member list").splitlines()]
        return {name: (number, state) for number, state, name, *_addresses in found}

    cluster.kill_machine(lost)
    for folder in ("etcd", "postgres"):
        shutil.rmtree(cluster.data_of(lost) / folder)

    def written() -> bool:
        """If the machine had the leader of etcd, the primary may give up until there is another one."""
        try:
            cluster.query("CREATE TABLE IF NOT EXISTS written_meanwhile AS SELECT 42 AS number")
        except psycopg.OperationalError:
            return False
        return True

    cluster.wait(written, 60, "A primary")
    old, _state = members()[lost]
    follow("member remove", **{"8e9e05c52164694d": old})
    follow("member add")
    follow("initial-cluster-state: existing")
    cluster.start_machine(lost)

    def has_everything() -> bool:
        try:
            with psycopg.connect(
                host=values[lost.upper()],
                user="leadwell",
                password=values["LEADWELL_PASSWORD"],
                dbname="leadwell",
                connect_timeout=5,
            ) as connection:
                return connection.execute(
                    "SELECT number, pg_is_in_recovery() FROM written_meanwhile"
                ).fetchone() == (42, True)
        except psycopg.Error:
            return False

    cluster.wait(has_everything, 180, "The new machine")
    cluster.wait_until_complete()
    number, state = members()[lost]
    assert state == "started"
    assert number != old
    assert len(members()) == 3
    cluster.query("DROP TABLE written_meanwhile")
