"""After a mistake, the state of the moment before it is restored from a replica's copy and the archive, as docs/operations.md says."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from crm.server.environment import ROOT
from deploy.cluster.fill import read_values
from tests.failover.conftest import PASSWORD
from tests.hard.running import Browser, free_port

pytestmark = [pytest.mark.failover, pytest.mark.timeout(900)]

# The folder and the moment in the documentation, and its lines for postgresql.auto.conf.
CONFIGURATION = re.compile(r"cat >> /srv/restore/postgresql\.auto\.conf <<'END'\n(.*?)\n *END\n", re.DOTALL)
PROGRAMS_OF_DATABASE = ("web", "worker")


def documented() -> str:
    text = (ROOT / "docs" / "operations.md").read_text()
    return re.sub(r"(?m)^ +", "", CONFIGURATION.search(text)[1])


@pytest.fixture
def run(cluster):
    """Runs one of PostgreSQL's programs, or a file, as its user."""

    def run(name: str | Path, *words: object) -> str:
        done = subprocess.run(
            [str(cluster.embedded.programs / name), *map(str, words)],
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
def restored(cluster, run, load):
    """A server with the state before a mistake, made from a copy of a replica and the archive. The mistake deleted all leads."""
    values = cluster.values
    cluster.wait_until_complete()
    folder = cluster.embedded.folder / "restore"
    run(cluster.configuration_of("db1") / "copy_database.sh")
    copy = max(cluster.archive.glob("base-*"))
    answer = load.call("before-the-mistake@load.example")
    assert answer.status == 201
    [(moment,)] = cluster.query("SELECT now()")
    time.sleep(1.5)
    with superuser(cluster) as connection:
        connection.execute("SET leadwell.strict = off")
        connection.execute("DELETE FROM accounts_session")
        connection.execute("UPDATE leads_lead SET last_name = 'Destroyed', deleted_at = now()")
        [file] = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    cluster.wait(lambda: (cluster.archive / f"{file}.gz").exists(), 60, "The archive")

    run("pg_controldata", copy)
    shutil.copytree(copy, folder)
    port = free_port()
    lines = (
        documented()
        .replace("/mnt/archive", str(cluster.archive))
        .replace("5433", str(port))
        .replace("2026-11-23 14:31:00+02", moment.isoformat(sep=" "))
    )
    with (folder / "postgresql.auto.conf").open("a") as file:
        file.write(f"{lines}\n")
    (folder / "recovery.signal").touch()
    (folder / "standby.signal").unlink(missing_ok=True)
    if cluster.user:
        subprocess.run(["chown", "-R", f"{cluster.user}:", str(folder)], check=True)
    folder.chmod(0o700)
    run("pg_ctl", "start", "-w", "-t", 120, "-D", folder, "-l", folder / "server.log")
    try:
        yield f"postgres://leadwell:{values['LEADWELL_PASSWORD']}@127.0.0.1:{port}/leadwell"
    finally:
        run("pg_ctl", "stop", "-D", folder, "-m", "immediate")


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


def test_a_backup_is_made_from_a_replica(cluster, tmp_path):
    cluster.wait_until_complete()
    values = cluster.values
    replica = f"postgres://leadwell:{values['LEADWELL_PASSWORD']}@{values['APP1']}:5001/leadwell"
    with psycopg.connect(replica) as connection:
        assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
    manage(cluster, "backup", DATABASE_URL=replica, DATABASE_DIRECT_URL="", LEADWELL_DATA=str(tmp_path))
    [file] = (tmp_path / "backups").glob("*.tar")
    assert file.stat().st_size > 100_000
