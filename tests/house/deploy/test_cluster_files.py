"""deploy/cluster/: the example has every value that the files ask for, and what fill.py writes can be read."""

import re
import stat
import subprocess
import sys
from configparser import RawConfigParser

import pytest
import yaml

from crm.platform.configuration.environment import ROOT
from crm.platform.configuration.setting_catalog import SETTING_CATALOG
from crm.platform.web.transactions import WEB_MILLISECONDS
from deploy.cluster.fill import (
    APPLICATIONS,
    BALANCER,
    DATABASES,
    FILES,
    HERE,
    UNITS,
    fill,
    kind_of,
    read_values,
)

MACHINES = (*DATABASES, *APPLICATIONS, BALANCER)


@pytest.fixture
def filled(tmp_path):
    """filled("db1") writes the files of a machine with the values of the example, and returns their folder."""

    def make(name: str):
        fill(read_values(HERE / "example.env"), name, tmp_path / name)
        return tmp_path / name

    return make


@pytest.mark.parametrize("name", MACHINES)
def test_the_example_has_every_value_and_only_the_owner_can_read_the_files(filled, name):
    folder = filled(name)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == len(FILES[kind_of(name)]) + len(UNITS[kind_of(name)])
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files} == {0}
    assert not [path for path in files if re.search(r"\$[A-Z]", path.read_text())]


def test_every_value_of_the_example_is_used():
    asked = {
        name for path in HERE.rglob("*") if path.suffix not in (".py", ".pyc") and path.is_file()
        for name in re.findall(r"\$([A-Z]\w*)", path.read_text())
    }  # fmt: skip
    assert asked - {"NAME", "ADDRESS"} == set(read_values(HERE / "example.env"))


def test_a_value_that_is_missing_is_named(tmp_path):
    (tmp_path / "values.env").write_text("DB1=10.0.0.1\n")
    words = [
        sys.executable,
        str(HERE / "fill.py"),
        str(tmp_path / "values.env"),
        "db1",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r".*values\.env has no value for \w+\.\n", done.stderr)


def test_the_times_of_patroni_fit_together(filled):
    """A primary that lost etcd must stop before its lease is over, and a commit waits for a lost replica no longer than any
    statement of a page may take."""
    dcs = yaml.safe_load((filled("db1") / "patroni.yml").read_text())["bootstrap"]["dcs"]
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
    assert (dcs["loop_wait"] + dcs["retry_timeout"]) * 1_000 < WEB_MILLISECONDS
    seconds = int(dcs["postgresql"]["parameters"]["wal_sender_timeout"].removesuffix("s"))
    assert (seconds + dcs["loop_wait"]) * 1_000 < WEB_MILLISECONDS
    assert dcs["synchronous_mode"] is True
    assert dcs["ttl"] < 30


def test_the_database_has_room_for_the_locks_that_the_documentation_asks_for(filled):
    dcs = yaml.safe_load((filled("db1") / "patroni.yml").read_text())["bootstrap"]["dcs"]
    parameters = dcs["postgresql"]["parameters"]
    [least] = re.findall(
        r"`max_locks_per_transaction` to (\d+)", (ROOT / "docs" / "scaling" / "months.md").read_text()
    )
    assert parameters["max_connections"] > 50
    assert parameters["max_locks_per_transaction"] >= int(least)


def test_the_members_of_etcd_know_each_other(filled):
    for name in DATABASES:
        told = yaml.safe_load((filled(name) / "etcd.yml").read_text())
        assert told["initial-advertise-peer-urls"] in told["initial-cluster"]
        assert told["name"] == name


def test_the_nodes_get_only_settings_that_exist(filled):
    names = set(read_values(filled("app1") / "leadwell.env"))
    assert names <= {setting.name for setting in SETTING_CATALOG}
    database = {"DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_REPLICA_URLS"}
    assert database | {"LEADWELL_FILES", "LEADWELL_SECRET_KEY"} <= names


@pytest.mark.parametrize("name", ["db1", "app1", BALANCER])
def test_each_unit_starts_again_however_often_it_ends_and_names_files_that_were_written(filled, name):
    folder = filled(name)
    values = read_values(HERE / "example.env")
    for unit in (folder / "systemd").iterdir():
        told = RawConfigParser(strict=False)
        told.read(unit)
        assert told["Service"]["Restart"] == "always"
        assert told["Unit"]["StartLimitIntervalSec"] == "0"
        # A file with a hyphen may be missing.
        named = re.findall(rf"(?<!-){values['CONFIGURATION']}/(\S+)", unit.read_text())
        assert named
        assert [file for file in named if not (folder / file).is_file()] == []


def test_the_nightly_tests_lose_each_part_of_the_cluster_once_and_beside_nothing_else():
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "test-cluster"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    runs = [line for line in done.stdout.splitlines() if " -m pytest" in line]
    assert len(runs) == 2
    assert ["tests/failover" in run for run in runs] == [True, False]
    assert " -n " not in runs[0]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_the_pages_of_the_balancer_are_complete_responses(status):
    head, _empty, body = (HERE / "pages" / f"{status}.http").read_bytes().partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.0 {status} ".encode())
    assert b"Retry-After: 5" in head
    assert b"<html lang" in body
    assert b'<p lang="ro">' in body
    # HAProxy keeps a page in one buffer.
    assert len(body) < 8_000


def test_patroni_and_what_it_needs_are_pinned_with_hashes():
    lines = (ROOT / "requirements-cluster.txt").read_text().splitlines()
    names = [line for line in lines if re.match(r"[a-z]", line)]
    assert all("==" in name and name.endswith("\\") for name in names)
    assert sum("--hash=sha256:" in line for line in lines) >= len(names)
    assert any(name.startswith("patroni==") for name in names)


def test_the_walk_through_names_every_file_and_service():
    pages = ("cluster.md", "recovery.md")
    text = "".join((ROOT / "docs" / "scaling" / page).read_text() for page in pages)
    for name in (
        "fill.py",
        "example.env",
        "copy_database.sh",
        "backup.sh",
        "requirements-cluster.txt",
        *(f"leadwell-{unit}" for units in UNITS.values() for unit in units),
    ):
        assert name in text, name
