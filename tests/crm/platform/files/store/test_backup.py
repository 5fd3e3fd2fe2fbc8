"""What a backup has of the files in each kind of store, and what a restore says about those that are missing."""

import io
import json
import tarfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from crm.models import Export, Installation
from crm.platform.backup import backup
from crm.platform.backup.last_backup import get_last_backup_time, record_newest_backup
from crm.platform.database import client_programs
from crm.platform.files.storage_settings import build_storage_setting
from crm.platform.files.store import file_exists, read_file, store_file
from crm.platform.files.store_location import check_store
from crm.platform.jobs.housekeeping import clean_up
from privacy.erasure_list import _write_line, read_erasure_lines
from privacy.jobs import upload_erasures

pytestmark = pytest.mark.django_db


@pytest.fixture
def export_of(ann):
    """export_of(b"content") is an export whose file has this content."""

    def made(content: bytes) -> Export:
        file, _size, _sha256 = store_file([content], "exports", most=100)
        return Export.objects.create(
            user=ann, table="lead", name="a.csv", columns=[], state="finished", file=file
        )

    return made


@pytest.fixture
def shared(settings, tmp_path):
    """The folder in LEADWELL_FILES, marked by the first start."""
    settings.FILES = settings.MEDIA_ROOT = str(tmp_path / "shared")
    (tmp_path / "shared").mkdir()
    settings.STORAGES = {**settings.STORAGES, "default": build_storage_setting(settings.FILES)}
    check_store(print)
    return tmp_path / "shared"


@pytest.fixture
def backed_up(settings, tmp_path, monkeypatch):
    """backed_up() is the path of a backup, and what was said meanwhile."""
    settings.DATA, settings.BACKUP_KEYS, said = tmp_path / "data", [], []
    monkeypatch.setattr(backup, "connect_directly", lambda: None)
    monkeypatch.setattr(backup.client_programs, "dump_database", lambda into, watch: into.write_text("x"))

    def made():
        return backup.write_backup(said.append), said

    return made


@pytest.fixture
def restored(settings, monkeypatch):
    """restored(path) is what a restore says."""
    for name in ("connect_directly", "_refuse_while_in_use"):
        monkeypatch.setattr(backup, name, lambda: None)
    monkeypatch.setattr(backup.connections, "close_all", lambda: None)
    monkeypatch.setattr(backup.client_programs, "load_dump", lambda dump: None)
    monkeypatch.setattr(backup, "prepare_database", lambda say: None)
    monkeypatch.setattr(backup, "AFTER_RESTORE", [])

    def done(path) -> list[str]:
        said: list[str] = []
        backup.restore_backup(path, said.append, force=True)
        return said

    return done


def names_in(path) -> list[str]:
    with tarfile.open(path) as tar:
        return sorted(member.name for member in tar.getmembers() if member.isfile())


def test_with_a_bucket_a_backup_has_the_list_of_files_and_says_so(store, export_of, backed_up):
    file = export_of(b"words").file
    path, said = backed_up()
    assert names_in(path) == ["database.dump", "files.txt", "leadwell.json"]
    with tarfile.open(path) as tar:
        assert tar.extractfile("files.txt").read().decode() == f"{file}\n"
    assert "list of 1 file. The files themselves stay in the bucket" in said[-1]


def test_with_a_shared_folder_a_backup_has_the_files_but_not_the_list_of_erasures(
    shared, export_of, backed_up
):
    _write_line(json.dumps({"at": "2026-11-23", "records": {}, "digests": []}))
    file = export_of(b"words").file
    path, _said = backed_up()
    assert names_in(path) == ["database.dump", f"files/{file}", "leadwell.json"]


def test_no_backup_is_made_while_the_shared_folder_is_not_mounted(shared, export_of, backed_up, settings):
    export_of(b"words")
    shared.rename(shared.with_name("mounted elsewhere"))
    shared.mkdir()
    with pytest.raises(SystemExit, match=r"No backup was made\. .*isn't mounted, or isn't the file store"):
        call_command("backup", stdout=io.StringIO())
    assert list((settings.DATA / "backups").iterdir()) == []


def test_no_backup_is_made_if_the_shared_folder_goes_away_meanwhile(
    shared, export_of, backed_up, monkeypatch, settings
):
    export_of(b"words")

    def dump(into, watch):
        into.write_text("x")
        (shared / "leadwell.store").write_text("another")

    monkeypatch.setattr(backup.client_programs, "dump_database", dump)
    with pytest.raises(backup.BackupRefused, match="has another key"):
        backed_up()
    assert list((settings.DATA / "backups").iterdir()) == []


def test_a_backup_names_the_files_that_it_can_not_have(shared, export_of, backed_up):
    kept, lost = export_of(b"kept").file, export_of(b"lost").file
    (shared / lost).unlink()
    path, said = backed_up()
    assert names_in(path) == ["database.dump", f"files/{kept}", "leadwell.json"]
    assert said[-2].startswith("1 files that the database names are missing from the file store")
    assert said[-1] == f"  {lost}"


def test_a_folder_that_can_not_be_read_is_no_reason_for_a_backup_without_its_files(
    shared, export_of, backed_up, monkeypatch
):
    export_of(b"words")

    def refused(place, onerror, **_more):
        onerror(PermissionError(13, "Permission denied"))
        return iter(())

    monkeypatch.setattr("crm.platform.backup.stored_files.os.walk", refused)
    with pytest.raises(PermissionError):
        backed_up()


@pytest.mark.parametrize("known", ["nowhere", "in the dump", "in the database"])
def test_the_store_of_another_installation_is_not_taken_over_by_a_restore(
    shared, export_of, backed_up, restored, monkeypatch, known
):
    export_of(b"words")
    path, _said = backed_up()
    (shared / "leadwell.store").write_text("another")
    loaded: list = []
    monkeypatch.setattr(backup.client_programs, "load_dump", loaded.append)
    if known == "in the dump":
        monkeypatch.setattr(
            backup.client_programs, "read_dumped_rows", lambda dump, table: [{"id": "1", "key": "another"}]
        )
    if known == "in the database":
        Installation.objects.update(key="another")
    if known == "nowhere":
        with pytest.raises(
            backup.BackupRefused, match=r"has the files of another installation.* Set LEADWELL_FILES"
        ):
            restored(path)
        assert (loaded, (shared / "leadwell.store").read_text()) == ([], "another")
    else:
        restored(path)
        assert len(loaded) == 1


def test_a_restore_into_a_store_that_can_not_be_reached_changes_nothing(
    store, backed_up, restored, monkeypatch
):
    path, _said = backed_up()
    monkeypatch.setattr(
        backup.client_programs, "load_dump", lambda dump: pytest.fail("The database was touched.")
    )
    store.go_away()
    with pytest.raises(backup.BackupRefused, match="can't be read"):
        restored(path)


@pytest.mark.django_db(transaction=True)
def test_the_key_of_an_installation_is_read_from_a_dump(tmp_path):
    Installation.objects.create(pk=Installation.ROW, key="its own key")
    dump = tmp_path / "database.dump"
    tables = ["--table=crm_installation", "--table=crm_tag"]
    assert client_programs.start_program("pg_dump", "--format=custom", f"--file={dump}", *tables).wait() == 0
    (row,) = client_programs.read_dumped_rows(dump, "crm_installation")
    assert (row["id"], row["key"], row["sweeps_from"]) == ("1", "its own key", "\\N")
    assert client_programs.read_dumped_rows(dump, "crm_never_made") == []


def test_a_restore_names_the_files_that_are_missing_from_the_bucket(store, export_of, backed_up, restored):
    kept, lost = export_of(b"kept").file, export_of(b"lost").file
    path, _said = backed_up()
    store.bucket.Object(f"leadwell/main/{lost}").delete()
    said = restored(path)
    assert "1 files that the database names are missing from the file store, such as:" in said
    assert f"  {lost}" in said
    assert not any(kept in line for line in said)
    assert store.content("leadwell.store").decode() == Installation.objects.get().key


def test_a_backup_from_a_folder_is_restored_into_a_bucket(export_of, backed_up, restored, request):
    file = export_of(b"words").file
    path, _said = backed_up()
    store = request.getfixturevalue("store")
    assert not any("missing" in line for line in restored(path))
    assert store.content(file) == b"words"


def test_nothing_is_swept_for_a_week_after_a_restore(store, export_of, backed_up, restored, monkeypatch):
    from crm.platform.files.jobs import remove_files_left_behind

    path, _said = backed_up()
    newer = export_of(b"newer")
    restored(path)
    newer.delete()
    monkeypatch.setattr("crm.platform.files.orphaned_files.DAY", -60)
    assert remove_files_left_behind() == 0
    assert file_exists(newer.file)
    Installation.objects.update(sweeps_from="2026-01-01T00:00Z")
    assert remove_files_left_behind() == 1
    assert not file_exists(newer.file)


def test_the_list_of_erasures_is_in_the_store_that_all_servers_share(store, settings):
    for at in ("2026-11-22", "2026-11-23"):
        _write_line(json.dumps({"at": at, "records": {"lead": [1]}, "digests": []}))
    assert [line["at"] for line in read_erasure_lines()] == ["2026-11-22", "2026-11-23"]
    assert len(store.names) == 2
    assert json.loads(read_file(store.names[0]))["records"] == {"lead": [1]}


def test_an_erasure_is_on_a_list_of_the_server_while_the_store_can_not_be_reached(store, settings, tmp_path):
    settings.DATA = tmp_path
    store.go_away()
    _write_line(json.dumps({"at": "2026-11-22", "records": {}, "digests": []}))
    store.come_back()
    assert [line["at"] for line in read_erasure_lines()] == ["2026-11-22"]


def test_an_erasure_that_waited_on_one_server_is_on_the_list_of_the_others_within_an_hour(
    store, settings, tmp_path
):
    settings.DATA = first = tmp_path / "first"
    store.go_away()
    for at in ("2026-11-23", "2026-11-22"):
        _write_line(json.dumps({"at": at, "records": {}, "digests": []}))
    assert clean_up([upload_erasures]) == {"upload_erasures": 0}
    assert len((first / "erased.jsonl").read_text().splitlines()) == 2
    store.come_back()
    assert clean_up([upload_erasures]) == {"upload_erasures": 2}
    assert clean_up([upload_erasures]) == {"upload_erasures": 0}
    settings.DATA = tmp_path / "second"
    assert [line["at"] for line in read_erasure_lines()] == ["2026-11-22", "2026-11-23"]
    assert len(store.names) == 2


def test_an_erasure_that_was_uploaded_twice_is_repeated_once(store, settings, tmp_path):
    settings.DATA = tmp_path
    line = json.dumps({"at": "2026-11-22", "records": {}, "digests": []})
    (tmp_path / "erased.jsonl").write_text(f'{line}\n{{"at": "2026-1')
    _write_line(line)
    assert [line["at"] for line in read_erasure_lines()] == ["2026-11-22"]


def test_every_server_knows_when_the_newest_backup_was_made(shared, backed_up, settings, tmp_path):
    assert get_last_backup_time() is None
    backed_up()
    settings.DATA = tmp_path / "another server"
    made = get_last_backup_time()
    assert made is not None
    assert timezone.now() - made < timedelta(hours=1)


def test_a_backup_that_was_read_from_a_replica_is_made_known_by_the_worker_of_its_machine(
    shared, backed_up, settings, tmp_path
):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        path, _said = backed_up()
        assert path.exists()
        transaction.set_rollback(True)
    first, settings.DATA = settings.DATA, tmp_path / "another server"
    assert get_last_backup_time() is None
    settings.DATA = first
    assert clean_up([record_newest_backup, record_newest_backup]) == {"record_newest_backup": 0}
    settings.DATA = tmp_path / "another server"
    assert get_last_backup_time() is not None
