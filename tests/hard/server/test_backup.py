"""Real backup and restore: taken during work, restored to an empty directory, compared table by table."""

import json
import re
import tarfile
import threading
from pathlib import Path

import psycopg
import pytest

from tests.hard.running import Browser, Leadwell, a_folder, a_leadwell, a_started_leadwell

pytestmark = pytest.mark.hard

# Tables about who is connected, not about data: sessions and the worker's heartbeat. The installation is compared without
# the time of the newest backup, which is noted when it is made.
OF_THE_MOMENT = {"accounts_session", "procrastinate_workers", "crm_installation"}


@pytest.fixture(scope="module")
def source():
    """A Leadwell with one backup taken while leads were changed, encrypted, and one taken while idle."""
    with a_started_leadwell() as leadwell:
        leadwell.start()
        leadwell.password = re.search(r"have the password (\S+)", leadwell.said)[1]
        browser = Browser(leadwell.port)
        browser.sign_in("admin@demo.example", leadwell.password)
        leads = [row for (row,) in rows(leadwell, "SELECT id FROM leads_lead ORDER BY id LIMIT 40")]
        at_work = threading.Event()
        worker = threading.Thread(target=work, args=(browser, leads, at_work))
        worker.start()
        try:
            leadwell.key = leadwell.folder / "leadwell.key"
            made = leadwell.manage("backup_key", leadwell.key)
            public = made.stdout.split()[0].removeprefix("LEADWELL_BACKUP_KEYS=")
            busy = leadwell.manage("backup", LEADWELL_BACKUP_KEYS=public)
        finally:
            at_work.set()
            worker.join()
        assert busy.returncode == 0, busy.stderr
        leadwell.busy_backup = backups(leadwell)[-1]
        browser.get(f"/admin/leads/{leads[0]}")
        attached = [("offer.txt", b"what is attached to a lead")]
        assert browser.attach(f"/admin/leads/{leads[0]}/activities", attached, type="file") == 200
        (leadwell.folder / "files" / "kept").mkdir(parents=True, exist_ok=True)
        (leadwell.folder / "files" / "kept" / "a file.xlsx").write_bytes(b"what somebody uploaded")
        assert leadwell.interrupt() == 0
        quiet = leadwell.manage("backup")
        assert quiet.returncode == 0, quiet.stderr
        leadwell.quiet_backup = next(path for path in backups(leadwell) if path != leadwell.busy_backup)
        yield leadwell


def work(browser: Browser, leads: list[int], over: threading.Event) -> None:
    browser.get("/admin/leads")
    while not over.is_set():
        for pk in leads:
            browser.post(f"/admin/leads/{pk}/inline/vip")


def backups(leadwell: Leadwell) -> list[Path]:
    return sorted((leadwell.folder / "backups").glob("*.tar*"))


def rows(leadwell: Leadwell, query: str) -> list[tuple]:
    with (
        leadwell.server.keep_running(),
        psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection,
    ):
        return connection.execute(query).fetchall()


def every_table(leadwell: Leadwell) -> dict[str, list[tuple]]:
    """The rows of every table as text, and the position of each sequence."""
    found = {}
    with (
        leadwell.server.keep_running(),
        psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection,
    ):
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            if table not in OF_THE_MOMENT:
                found[table] = connection.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1').fetchall()
        found["sequences"] = connection.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename <> 'procrastinate_workers_id_seq' "
            "ORDER BY 1"
        ).fetchall()
        found["installation"] = connection.execute("SELECT key, sweeps_from FROM crm_installation").fetchall()
        found["triggers"] = connection.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        ).fetchall()
    return found


def files(leadwell: Leadwell) -> dict[str, bytes]:
    folder = leadwell.folder / "files"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_restored_into_an_empty_directory_is_the_same_table_by_table_and_file_by_file(source):
    with a_leadwell() as other:
        restored = other.manage("restore", source.quiet_backup)
        assert restored.returncode == 0, restored.stderr
        before, after = every_table(source), every_table(other)
        assert len(before["leads_lead"]) > 1_000
        assert len(before["triggers"]) > 5
        for table, kept in before.items():
            assert after[table] == kept, table
        assert set(after) == set(before)
        assert files(other) == files(source)
        assert b"what somebody uploaded" in files(other).values()
        other.start()
        browser = Browser(other.port)
        assert browser.sign_in("admin@demo.example", source.password) == 200
        assert browser.get("/admin/leads") == 200
        [(lead, activity, file)] = rows(
            other,
            "SELECT a.record, a.id, f.id FROM crm_attachedfile f JOIN crm_activity a ON a.id = f.activity_id",
        )
        assert browser.get(f"/admin/leads/{lead}/activities/{activity}/files/{file}") == 200
        assert browser.page == "what is attached to a lead"


@pytest.mark.nightly
def test_a_backup_taken_while_leads_are_changed_is_consistent(source):
    """Every change has its operation, and every lead has the version that its changes add up to."""
    with a_leadwell() as other:
        assert source.busy_backup.name.endswith(".tar.age")
        assert other.manage("restore", source.busy_backup, "--key", source.key).returncode == 0
        checked = other.manage("check_history")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        [(orphans,)] = rows(
            other,
            "SELECT count(*) FROM crm_change c LEFT JOIN crm_operation o ON o.id = c.operation_id "
            "WHERE c.operation_id IS NOT NULL AND o.id IS NULL",
        )
        assert orphans == 0


def test_a_restore_over_existing_data_is_refused_and_changes_nothing(source):
    before = every_table(source)
    refused = source.manage("restore", source.quiet_backup)
    assert refused.returncode != 0
    assert "Nothing was restored" in refused.stderr
    assert "FORCE=1" in refused.stderr
    assert every_table(source) == before


@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_an_incomplete_backup_is_refused_with_a_message(damage, source):
    with a_folder() as folder, a_leadwell() as other:
        file = folder / "leadwell.tar"
        if damage == "cut":
            whole = source.quiet_backup.read_bytes()
            file.write_bytes(whole[: len(whole) // 2])
        elif damage == "other":
            with tarfile.open(file, "w") as tar:
                tar.add(__file__, arcname="something.py")
        refused = other.manage("restore", file)
        assert refused.returncode != 0
        assert "Nothing was restored" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_backup_from_before_0_1_is_refused_with_the_version_that_reads_it():
    with a_folder() as folder, a_leadwell() as other:
        about = {
            "made_at": "2026-11-01T08:00:00+00:00",
            "migrations": ["crm.0001_functions", "leads.0002_storage"],
        }
        file = folder / "leadwell.tar"
        with tarfile.open(file, "w") as tar:
            for name, text in (("leadwell.json", json.dumps(about)), ("database.dump", "")):
                (folder / name).write_text(text)
                tar.add(folder / name, arcname=name)
        refused = other.manage("restore", file)
        assert refused.returncode != 0
        assert "before version 0.1. The last version that can read it is 0.0" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.nightly
def test_data_of_an_older_postgresql_gets_upgrade_instructions_and_stays_unchanged():
    with a_leadwell() as leadwell:
        leadwell.start()
        leadwell.interrupt()
        data = leadwell.server.data
        version = data / "PG_VERSION"
        version.write_text("16\n")
        before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
        leadwell.launch()
        assert leadwell.process.wait(60) != 0
        assert "written by PostgreSQL 16" in leadwell.said
        assert "make backup" in leadwell.said
        assert "make restore" in leadwell.said
        assert "Traceback" not in leadwell.said
        assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
