"""After a failover and then a mistake, the state of the moment between them is restored from a replica's copy and the archive, by the
lines of docs/scaling/recovery.md."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from crm.platform.configuration.environment import ROOT
from deploy.cluster.fill import read_values
from tests.failover.conftest import PASSWORD
from tests.hard.running import Browser
from tests.ports import get_free_port

pytestmark = [pytest.mark.failover, pytest.mark.timeout(900)]

# The indented lines of the documentation that restore.
LINES = re.compile(r"(?m)(?:^    .*\n)+^    cp -a /mnt/archive/base-.*\n(?:    .*\n)+")
PROGRAMS_OF_DATABASE = ("web", "worker")


def documented(values: dict[str, object]) -> str:
    """The lines of the documentation, with other values in place of the original ones."""
    text = re.sub(r"(?m)^    ", "", LINES.search((ROOT / "docs" / "scaling" / "recovery.md").read_text())[0])
    for name, value in values.items():
        assert name in text, name
        text = text.replace(name, str(value))
    return text


@pytest.fixture
def run(cluster):
    """Runs a program as PostgreSQL's user."""

    def run(*words: object) -> str:
        done = subprocess.run(
            [*map(str, words)],
            user=cluster.user,
            group=cluster.user,
            extra_groups=[] if cluster.user else None,
            cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


def superuser(cluster) -> psycopg.Connection:
    values = cluster.values
    return psycopg.connect(
        host=values["APP1"],
        port=5000,
        user="postgres",
        password=values["SUPERUSER_PASSWORD"],
        dbname="leadwell",
        autocommit=True,
    )


def manage(cluster, *words: str, **settings: str) -> str:
    """With the settings of the machine app1."""
    environment = read_values(cluster.configuration_of("app1") / "leadwell.env")
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def copy(cluster, run) -> Path:
    """A full copy of the database, with the configuration that it has on machines with other folders and another network."""
    cluster.wait_until_complete()
    run(cluster.configuration_of("db1") / "copy_database.sh")
    found = max(cluster.archive.glob("base-*"))
    told = found / "postgresql.conf"
    changed, count = re.subn(
        r"(?m)^(hba_file|ident_file) = '.*/", r"\1 = '/srv/leadwell/postgres/", told.read_text()
    )
    assert count == 2
    told.write_text(changed)
    allowed = found / "pg_hba.conf"
    allowed.write_text(allowed.read_text().replace("127.0.0.0/8", "10.0.0.0/24"))
    assert "127." not in allowed.read_text()
    return found


def lose_a_primary_that_has_not_archived(cluster, load) -> None:
    """It has finished a file of its write-ahead log, and the replica has all of that file."""
    primary = cluster.primary()
    script = cluster.configuration_of(primary) / "archive_wal.sh"
    working = script.read_bytes()
    script.write_text("#!/bin/sh\nexit 1\n")
    try:
        load.keep("before-the-failover@load.example")
        with superuser(cluster) as connection:
            [file] = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        load.keep("after-the-switch@load.example")
        assert not (cluster.archive / f"{file}.gz").exists()
        cluster.kill_postgres(primary)
        cluster.wait(lambda: cluster.primary() not in ("", primary), 60, "Another primary")
    finally:
        script.write_bytes(working)
    cluster.wait(lambda: (cluster.archive / f"{file}.gz").exists(), 60, "The archive")
    cluster.wait_until_complete()


@pytest.fixture
def restored(cluster, run, load, copy):
    """A server with the state between a failover and a mistake. The mistake deleted all leads."""
    lose_a_primary_that_has_not_archived(cluster, load)
    load.keep("before-the-mistake@load.example")
    [(moment,)] = cluster.query("SELECT now()")
    time.sleep(1.5)
    with superuser(cluster) as connection:
        connection.execute("SET leadwell.strict = off")
        connection.execute("DELETE FROM accounts_session")
        connection.execute("UPDATE leads_lead SET last_name = 'Destroyed', deleted_at = now()")
        [file] = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    cluster.wait(lambda: (cluster.archive / f"{file}.gz").exists(), 60, "The archive")

    folder = cluster.embedded.folder / "restore"
    run("install", "-d", "-m", 700, folder)
    port = get_free_port()
    lines = documented(
        {
            "base-2026-11-23-0230": copy.name,
            "/mnt/archive": cluster.archive,
            "/srv/restore": folder,
            "/usr/lib/postgresql/18/bin": cluster.embedded.programs,
            "5433": port,
            "2026-11-23 14:31:00+02": moment.isoformat(sep=" "),
        }
    )
    try:
        run("bash", "-euc", lines)
        yield f"postgres://leadwell:{cluster.values['LEADWELL_PASSWORD']}@127.0.0.1:{port}/leadwell"
    finally:
        if (folder / "postmaster.pid").exists():
            run(cluster.embedded.programs / "pg_ctl", "stop", "-D", folder, "-m", "immediate")


def test_the_state_before_a_mistake_is_restored_into_the_cluster(cluster, load, restored, tmp_path):
    with psycopg.connect(restored) as connection:
        destroyed = connection.execute(
            "SELECT count(*) FROM leads_lead WHERE last_name = 'Destroyed'"
        ).fetchone()
        assert destroyed == (0,)
        [leads] = connection.execute("SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL").fetchone()
    assert leads > 1_000
    assert cluster.query("SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL") == [(0,)]
    manage(cluster, "backup", DATABASE_URL=restored, DATABASE_DIRECT_URL="", LEADWELL_DATA=str(tmp_path))
    [file] = (tmp_path / "backups").glob("*.tar")
    for service in [service for unit in PROGRAMS_OF_DATABASE for service in cluster.of(unit)]:
        with cluster.changing:
            service.ask_to_stop()
            service.wait_until_stopped(60)
    # The connections that pgbouncer keeps count as a program that uses the database.
    for service in cluster.of("pgbouncer"):
        cluster.kill(service.name)
    manage(cluster, "restore", str(file), "--force", DATABASE_URL=cluster.database, DATABASE_DIRECT_URL="")
    for unit in PROGRAMS_OF_DATABASE:
        cluster._start_all(unit)
    cluster.wait_until_complete()
    assert cluster.query("SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL") == [(leads,)]
    browser = Browser(cluster.port)
    assert browser.sign_in("admin@demo.example", PASSWORD) == 200
    assert browser.get("/admin/leads?q=before-the-mistake") == 200
    assert "before-the-mistake@load.example" in browser.page
    assert browser.get("/admin/leads?q=before-the-failover") == 200
    assert "before-the-failover@load.example" in browser.page


def test_a_backup_is_made_from_a_replica(cluster):
    cluster.wait_until_complete()
    values = cluster.values
    replica = f"postgres://leadwell:{values['LEADWELL_PASSWORD']}@{values['APP1']}:5001/leadwell"
    with psycopg.connect(replica) as connection:
        assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
    subprocess.run(
        [cluster.configuration_of("app1") / "backup.sh"], env={"PATH": "/usr/bin:/bin"}, check=True
    )
    [file] = (cluster.data_of("app1") / "data" / "backups").glob("*.tar")
    assert file.stat().st_size > 100_000
