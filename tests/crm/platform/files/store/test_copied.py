"""A shared folder on another disk than the temporary files: no one sees a file of which only a part is there."""

import errno
import os
import secrets
import shutil
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Import
from crm.platform.backup.stored_files import link_files, list_folder_files
from crm.platform.files import folder_store as folders
from crm.platform.files.jobs import remove_files_left_behind
from crm.platform.files.storage_settings import build_storage_setting
from crm.platform.files.store import NotKept, list_file_names, read_file, store_file
from crm.platform.files.store_location import check_store
from crm.work.activities.attachment_cleanup import remove_orphaned_attachments
from tests.crm.transfer.imports.importing import NEW

pytestmark = pytest.mark.django_db

OTHER_DISK = Path("/dev/shm")
DATA = b"Last name\n" + b"Pop\n" * 500_000
FULL = OSError(errno.ENOSPC, "No space left on device")
BROKEN = OSError(errno.EIO, "Input/output error")


@pytest.fixture
def shared(settings, tmp_path, monkeypatch):
    """On a machine with one file system, it only seems to be on another one: nothing is renamed."""
    is_other = OTHER_DISK.is_dir() and OTHER_DISK.stat().st_dev != tmp_path.stat().st_dev
    place = (OTHER_DISK if is_other else tmp_path) / f"leadwell-{secrets.token_hex(6)}"
    if not is_other:
        monkeypatch.setattr(folders, "_try_rename", lambda content, into: False)
    place.mkdir()
    settings.FILES = settings.MEDIA_ROOT = str(place)
    settings.STORAGES = {**settings.STORAGES, "default": build_storage_setting(settings.FILES)}
    check_store(print)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def cut(monkeypatch):
    """cut(error): copying fails in the middle of a file; without an error, it just ends there."""

    def fail(error: OSError | None) -> None:
        def copy(source, target, length):
            target.write(source.read(1_000_000))
            target.flush()
            if error:
                raise error

        monkeypatch.setattr(folders.shutil, "copyfileobj", copy)

    return fail


def files_in(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file() and path.name != "leadwell.store"]


def test_a_file_from_another_disk_arrives_whole(shared, temporary):
    file, size, _sha256 = store_file([DATA], "imports", most=10_000_000)
    assert (read_file(file), size) == (DATA, len(DATA))
    assert files_in(shared) == [shared / file]
    assert (shared / file).stat().st_mode & 0o777 == 0o600
    assert temporary() == []


@pytest.mark.parametrize(("error", "code"), [(FULL, "disk"), (BROKEN, "store"), (None, "store")])
def test_an_upload_that_is_cut_short_on_its_way_to_another_disk_leaves_no_file(
    shared, temporary, cut, error, code
):
    cut(error)
    with pytest.raises(NotKept) as refused:
        store_file([DATA], "imports", most=10_000_000)
    assert (refused.value.code, files_in(shared), temporary()) == (code, [], [])


def test_an_upload_that_is_cut_short_on_its_way_to_another_disk_leaves_no_row(sign_in, ann, shared, cut):
    cut(BROKEN)
    answer = sign_in(ann).post(NEW, {"file": SimpleUploadedFile("a.csv", DATA)})
    assert answer.status_code == 422
    assert "The file store can’t be reached, so the file couldn’t be saved." in answer.text
    assert (Import.objects.count(), files_in(shared)) == (0, [])


def test_a_file_that_is_being_copied_is_in_no_list_and_in_no_backup(shared, tmp_path, monkeypatch):
    seen: list[tuple] = []

    def look(place: Path) -> None:
        if place.is_file():
            packed = link_files(tmp_path / "packed")
            seen.append(
                (len(files_in(shared)), list(list_file_names("imports")), list_folder_files(shared), packed)
            )

    monkeypatch.setattr(folders, "_flush_to_disk", look)
    file, _size, _sha256 = store_file([DATA], "imports", most=10_000_000)
    assert seen == [(1, [], [], 0)]
    assert list(list_file_names("imports")) == [file]
    assert link_files(tmp_path / "packed") == 1
    assert (tmp_path / "packed" / file).read_bytes() == DATA


@pytest.mark.parametrize("folder", ["attached", "imports"])
def test_what_a_killed_server_left_of_a_file_is_removed_a_day_later(shared, folder):
    (shared / folder).mkdir()
    new, old = (shared / folder / f".{name}.half" for name in ("new", "old"))
    for path in (new, old):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 25 * 60 * 60,) * 2)
    remove_orphaned_attachments()
    remove_files_left_behind()
    assert files_in(shared) == [new]
