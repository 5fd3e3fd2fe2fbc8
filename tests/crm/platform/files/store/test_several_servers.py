"""Several servers share one folder or one bucket: the start checks it, and no one's files are swept or overwritten."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from django.core.management import call_command

from crm.models import Installation
from crm.platform.configuration.environment import ROOT, SettingError
from crm.platform.files.s3_store import Bucket
from crm.platform.files.storage_settings import build_storage_setting
from crm.platform.files.store import (
    NotKept,
    StoreAway,
    file_exists,
    list_file_names,
    open_local_copy,
    remove_file,
    store_file,
)
from crm.platform.files.store_location import check_store
from crm.work.activities.attachment_cleanup import remove_orphaned_attachments

pytestmark = pytest.mark.django_db


@pytest.fixture
def use(settings):
    """use(path) is a server with this LEADWELL_FILES; '' is the folder that belongs to it alone."""

    def used(files: str) -> None:
        settings.FILES = files
        settings.STORAGES = {**settings.STORAGES, "default": build_storage_setting(files)}
        if files.startswith("/"):
            settings.MEDIA_ROOT = files

    return used


@pytest.fixture
def said():
    return []


@pytest.fixture
def start(said, settings):
    """start() is any `run` with a PostgreSQL that others can use too, as far as the files are concerned."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, database_url="postgres://db/leadwell")
    return lambda: check_store(said.append)


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def test_all_servers_start_with_the_same_folder(use, start, shared):
    use(str(shared))
    start()
    start()
    assert (shared / "leadwell.store").read_text() == Installation.objects.get().key


def test_a_server_with_another_folder_does_not_start(use, start, shared, tmp_path):
    use(str(shared))
    start()
    (tmp_path / "other").mkdir()
    use(str(tmp_path / "other"))
    with pytest.raises(
        SettingError, match=r"isn't the file store of this installation\. Set LEADWELL_FILES to"
    ):
        start()
    assert list((tmp_path / "other").iterdir()) == []


def test_a_second_server_with_a_folder_of_its_own_does_not_start(settings, start, tmp_path):
    start()
    settings.MEDIA_ROOT = tmp_path / "data of the second server" / "files"
    with pytest.raises(SettingError, match="Set LEADWELL_FILES"):
        start()


def test_a_single_server_with_a_postgresql_of_its_own_starts_again_with_its_folder(start, said):
    start()
    start()
    assert said == []


def test_a_server_with_the_embedded_database_starts_with_a_new_folder(settings, start, tmp_path):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, database_url="")
    start()
    settings.MEDIA_ROOT = tmp_path / "new"
    start()
    assert (tmp_path / "new" / "leadwell.store").read_text() == Installation.objects.get().key


def test_a_folder_of_another_installation_is_refused(use, start, shared):
    (shared / "leadwell.store").write_text("another")
    use(str(shared))
    with pytest.raises(SettingError, match="has the files of another installation"):
        start()
    assert not Installation.objects.exists()


def test_moved_files_are_marked_by_a_command(use, start, shared, tmp_path):
    use(str(shared))
    start()
    (tmp_path / "moved").mkdir()
    use(str(tmp_path / "moved"))
    call_command("mark_files", stdout=io.StringIO())
    start()


def test_a_folder_that_is_not_there_does_not_become_one(use, start, said, tmp_path):
    use(str(tmp_path / "not mounted"))
    start()
    assert "The file store can't be reached" in said[0]
    assert not (tmp_path / "not mounted").exists()


def test_a_shared_folder_that_is_no_longer_mounted_is_away_instead_of_empty(use, start, shared):
    use(str(shared))
    start()
    file, _size, _sha256 = store_file([b"words"], "attached", most=10)
    shared.rename(shared.with_name("mounted elsewhere"))
    shared.mkdir()
    with pytest.raises(NotKept) as refused:
        store_file([b"words"], "attached", most=10)
    assert refused.value.code == "store"
    for ask in (
        file_exists,
        remove_file,
        lambda name: list(list_file_names("attached")),
        lambda name: open_local_copy(name).__enter__(),
    ):
        with pytest.raises(StoreAway):
            ask(file)
    assert list(shared.iterdir()) == []


def test_a_program_gets_a_copy_of_a_file_in_a_shared_folder(use, start, shared, settings):
    use(str(shared))
    start()
    file, _size, _sha256 = store_file([b"words"], "imports", most=10)
    with open_local_copy(file) as path:
        assert path.parent == settings.TEMPORARY
        assert path.read_bytes() == b"words"
    assert not path.exists()


def test_all_servers_start_with_the_same_bucket_and_none_with_another(store, start, settings):
    start()
    start()
    assert store.content("leadwell.store").decode() == Installation.objects.get().key
    settings.STORAGES = {
        **settings.STORAGES,
        "default": build_storage_setting(store.address().replace("/main", "/other")),
    }
    with pytest.raises(SettingError, match="isn't the file store of this installation"):
        start()


def test_a_bucket_that_does_not_exist_is_a_wrong_setting(store, start, settings):
    wrong = store.address().replace(store.name, "no-such-bucket")
    settings.STORAGES = {**settings.STORAGES, "default": build_storage_setting(wrong)}
    with pytest.raises(SettingError, match=r"LEADWELL_FILES is invalid: .*NoSuchBucket"):
        start()


def test_a_bucket_that_can_not_be_reached_does_not_keep_a_server_from_starting(store, start, said):
    store.go_away()
    start()
    assert "so files can't be opened or saved for now" in said[0]


def test_a_store_that_was_away_at_the_start_is_compared_before_the_first_file(store, start, said, settings):
    start()
    store.go_away()
    start()
    assert "can't be reached" in said[0]
    wrong = store.address().replace("/main", "/other")
    settings.FILES = wrong
    settings.STORAGES = {**settings.STORAGES, "default": build_storage_setting(wrong)}
    with pytest.raises(NotKept) as refused:
        store_file([b"words"], "attached", most=10)
    assert refused.value.code == "store"
    with pytest.raises(StoreAway, match="isn't the file store of this installation"):
        remove_file("attached/a")
    assert [entry.key for entry in store.bucket.objects.all()] == ["leadwell/main/leadwell.store"]
    store.come_back()
    store_file([b"words"], "attached", most=10)


def test_the_mark_is_read_once_however_many_files_are_written(store, start, monkeypatch):
    start()
    read, plain = [], Bucket.read_mark
    monkeypatch.setattr(Bucket, "read_mark", lambda self: read.append(1) or plain(self))
    for _number in range(3):
        remove_file(store_file([b"words"], "attached", most=10)[0])
    assert len(read) == 1


def test_no_file_is_swept_from_the_store_of_another_installation(store, start, monkeypatch):
    store_file([b"words"], "attached", most=10)
    monkeypatch.setattr("crm.platform.files.orphaned_files.DAY", -60)
    start()
    Installation.objects.update(key="another")
    assert remove_orphaned_attachments() == 0
    assert len(store.names) == 2


def test_the_command_lists_what_no_row_names_and_what_is_missing(store, start, monkeypatch, ann):
    from crm.models import Export

    start()
    file, _size, _sha256 = store_file([b"words"], "exports", most=10)
    Export.objects.create(
        user=ann, table="lead", name="a.csv", columns=[], state="finished", file="exports/gone"
    )
    monkeypatch.setattr("crm.platform.files.orphaned_files.DAY", -60)
    out = io.StringIO()
    call_command("sweep_files", stdout=out)
    assert out.getvalue().splitlines() == [
        f"{file} is named by no row.",
        "exports/gone is missing.",
        "1 files named by no row, 1 missing.",
    ]
    assert file_exists(file)
    call_command("sweep_files", remove=True, stdout=out)
    assert not file_exists(file)


def test_with_a_folder_the_client_for_buckets_is_not_loaded(tmp_path):
    program = (
        "import sys, django; django.setup(); from crm.platform.files.store import file_exists; file_exists('attached/a'); "
        "print([name for name in ('boto3', 'botocore', 'storages') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "LEADWELL_DATA": str(tmp_path),
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "[]\n"
