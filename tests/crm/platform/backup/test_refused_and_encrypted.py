"""A file that is no backup of ours is refused in a sentence, before anything of what is there is touched; encrypted backups."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from crm.platform.backup import backup
from crm.platform.backup import backup_encryption as sealing
from crm.platform.backup.stored_files import link_files
from crm.platform.files.attachment_storage import store_uploads
from tests.crm.work.activities.attaching import picture

SQUASHED = "crm.0001_squashed_0035_installation"
RIGHT = {"made_at": "2026-11-20T08:00:00+00:00", "postgresql": 18, "migrations": [SQUASHED]}


@pytest.fixture
def packed(tmp_path):
    """packed(text, parts) is the path of a tar with this text as leadwell.json."""

    def pack(about: str, parts=("database.dump",), folders=()) -> str:
        path = tmp_path / "leadwell.tar"
        with tarfile.open(path, "w") as tar:
            for name, text in {"leadwell.json": about, **dict.fromkeys(parts, "x")}.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(text.encode("utf-8", "surrogatepass"))
                tar.addfile(entry, io.BytesIO(text.encode("utf-8", "surrogatepass")))
            for name in folders:
                entry = tarfile.TarInfo(name)
                entry.type = tarfile.DIRTYPE
                tar.addfile(entry)
        return str(path)

    return pack


@pytest.fixture
def refusal(db, settings, tmp_path, monkeypatch):
    """refusal(path) is the sentence with which the restore of a file ends; nothing is loaded or moved."""
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(backup, "connect_directly", lambda: None)
    monkeypatch.setattr(backup, "_refuse_while_in_use", lambda: None)
    monkeypatch.setattr(
        backup.client_programs, "load_dump", lambda dump: pytest.fail("The database was touched.")
    )
    monkeypatch.setattr(backup, "_put_in_place", lambda *parts: pytest.fail("Files were touched."))

    def refused(path, *options) -> str:
        with pytest.raises(SystemExit) as ended:
            call_command("restore", str(path), *map(str, options), stdout=io.StringIO())
        assert list(settings.DATA.glob("*")) == []
        return str(ended.value.code)

    return refused


WRONG = {
    "no object": [],
    "a text": "leadwell",
    "nothing": None,
    "a number as date": {**RIGHT, "made_at": 1_700_000_000},
    "no date": {**RIGHT, "made_at": "yesterday"},
    "null as date": {**RIGHT, "made_at": None},
    "a number as migrations": {**RIGHT, "migrations": 7},
    "null as migrations": {**RIGHT, "migrations": None},
    "a text as migrations": {**RIGHT, "migrations": "crm.0001_initial"},
    "an object as migrations": {**RIGHT, "migrations": {"crm": 1}},
    "lists among the migrations": {**RIGHT, "migrations": [["crm", "0001_initial"]]},
    "a number among the migrations": {**RIGHT, "migrations": ["crm.0001_initial", 7]},
    "no migrations": {"made_at": RIGHT["made_at"]},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_backup_that_says_wrong_things_about_itself_is_refused_in_a_sentence(case, packed, refusal):
    said = refusal(packed(json.dumps(WRONG[case])))
    assert "isn’t a Leadwell backup, or it’s damaged." in said
    assert said.startswith("Nothing was restored.")


@pytest.mark.parametrize("text", ["", "{", "\ud800", "[" * 200_000])
def test_a_description_that_is_no_json_is_refused_in_a_sentence(text, packed, refusal):
    assert "isn’t a Leadwell backup" in refusal(packed(text))


@pytest.mark.parametrize(
    ("parts", "folders"),
    [
        ((), ()),
        ((), ("database.dump",)),
        (("database.dump", "files"), ()),
        (("database.dump",), ("demo_password",)),
    ],
)
def test_a_backup_with_a_part_missing_or_of_another_kind_is_refused(parts, folders, packed, refusal):
    assert "isn’t a Leadwell backup" in refusal(packed(json.dumps(RIGHT), parts, folders))


def test_a_compressed_file_that_is_cut_is_refused_in_a_sentence(tmp_path, packed, refusal):
    whole, cut = tmp_path / "whole.tar.gz", tmp_path / "cut.tar.gz"
    with tarfile.open(whole, "w:gz") as tar:
        tar.add(packed(json.dumps(RIGHT)), arcname="database.dump")
    cut.write_bytes(whole.read_bytes()[:-20])
    assert "isn’t a Leadwell backup" in refusal(str(cut))


def test_a_file_that_is_not_there_is_named(tmp_path, refusal):
    path = tmp_path / "no.tar"
    assert refusal(str(path)) == f"Nothing was restored. {path} doesn’t exist."


def test_a_backup_of_a_newer_leadwell_is_refused_with_what_it_knows(packed, refusal):
    newer = {**RIGHT, "migrations": [SQUASHED, "crm.0001_initial", "crm.9999_later"]}
    assert "newer Leadwell (it knows crm.9999_later)" in refusal(packed(json.dumps(newer)))


def test_a_backup_of_an_early_0_2_is_refused_until_the_last_0_2_has_restored_it(packed, refusal):
    early = {
        **RIGHT,
        "migrations": ["crm.0001_squashed_0032_activities_of_periods", "crm.0033_merged_records"],
    }
    assert "has to pass through the last 0.2 (commit" in refusal(packed(json.dumps(early)))


def test_attached_files_and_their_thumbnails_are_part_of_a_backup_and_of_what_a_restore_puts_in_place(
    settings, tmp_path
):
    with store_uploads([SimpleUploadedFile("photo.png", picture())]) as files:
        names = {files[0].file, f"{files[0].file}.small"}
    work = tmp_path / "work"
    work.mkdir()
    assert link_files(work / "files") == 2
    (work / "leadwell.json").write_text(json.dumps(RIGHT))
    (work / "database.dump").write_text("x")
    backup._pack_archive(work, tmp_path / "made.tar")
    unpacked = tmp_path / "unpacked"
    backup._unpack_archive(tmp_path / "made.tar", unpacked)
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path / "restored"
    backup._put_in_place(unpacked / "files", settings.MEDIA_ROOT, lambda said: None)
    for name in names:
        restored = settings.MEDIA_ROOT / name
        assert restored.read_bytes() == (before / name).read_bytes()
        assert restored.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def sealed(packed, tmp_path):
    """An encrypted backup, which a newer Leadwell has made, and the file with its private key."""
    key = tmp_path / "leadwell.key"
    public = sealing.create_key_file(key)
    plain = Path(packed(json.dumps({**RIGHT, "migrations": ["crm.9999_later"]})))
    sealing.encrypt_backup(plain, tmp_path / "leadwell.tar.age", [public])
    return tmp_path / "leadwell.tar.age", key


def test_an_encrypted_backup_is_read_with_its_private_key(sealed, refusal):
    file, key = sealed
    assert "newer Leadwell (it knows crm.9999_later)" in refusal(file, "--key", key)


def test_an_encrypted_backup_without_its_key_is_refused_with_what_to_do(sealed, refusal):
    file, _key = sealed
    assert "is encrypted. Name the file with the private key" in refusal(file)


def test_another_key_opens_nothing(sealed, refusal, tmp_path):
    file, _key = sealed
    sealing.create_key_file(tmp_path / "other.key")
    assert "doesn’t open" in refusal(file, "--key", tmp_path / "other.key")


@pytest.mark.parametrize("text", ["", "AGE-SECRET-KEY-1NOTHING", "leadwell"])
def test_a_file_without_a_private_key_is_refused(text, sealed, refusal, tmp_path):
    file, _key = sealed
    (tmp_path / "none.key").write_text(text)
    assert "doesn’t contain a private key" in refusal(file, "--key", tmp_path / "none.key")
    assert "can’t be read" in refusal(file, "--key", tmp_path / "missing.key")


def test_an_encrypted_backup_that_is_cut_or_changed_is_refused(sealed, refusal):
    file, key = sealed
    whole = file.read_bytes()
    for damaged in (whole[:-20], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damaged)
        assert "damaged" in refusal(file, "--key", key)


def test_with_a_public_key_a_backup_is_encrypted_and_nothing_readable_is_left(settings, tmp_path):
    keys = [tmp_path / "first.key", tmp_path / "second.key"]
    settings.BACKUP_KEYS = [sealing.create_key_file(key) for key in keys]
    work = tmp_path / "work"
    (work / "files").mkdir(parents=True)
    (work / "leadwell.json").write_text(json.dumps(RIGHT))
    (work / "database.dump").write_text("Ana Pop")
    made = backup._pack_archive(work, tmp_path / "made.tar")
    assert made.name == "made.tar.age"
    assert not (tmp_path / "made.tar").exists()
    assert made.stat().st_mode & 0o077 == 0
    assert b"Ana Pop" not in made.read_bytes()
    for key in keys:
        unpacked = tmp_path / key.stem
        unpacked.mkdir()
        backup._unpack_archive(made, unpacked, key)
        assert (unpacked / "database.dump").read_text() == "Ana Pop"


def test_a_private_key_is_for_its_owner_only_and_never_overwritten(tmp_path, capsys):
    key = tmp_path / "leadwell.key"
    call_command("backup_key", key)
    printed = capsys.readouterr().out
    assert key.stat().st_mode & 0o077 == 0
    assert "AGE-SECRET-KEY" not in printed
    assert f"public key: {printed.split()[0].removeprefix('LEADWELL_BACKUP_KEYS=')}\n" in key.read_text()
    before = key.read_text()
    with pytest.raises(SystemExit, match="No key was made"):
        call_command("backup_key", key)
    assert key.read_text() == before


@pytest.mark.parametrize("name", ["/etc/leadwell", "../outside", "files/../../../outside"])
def test_a_backup_with_a_file_outside_is_refused_in_a_sentence(name, packed, refusal):
    assert "isn’t a Leadwell backup" in refusal(packed(json.dumps(RIGHT), ("database.dump", name)))


def test_two_names_of_one_file_are_packed_as_two_files(tmp_path):
    work = tmp_path / "work"
    (work / "files").mkdir(parents=True)
    for name in ("leadwell.json", "database.dump", "files/one"):
        (work / name).write_text(json.dumps(RIGHT))
    (work / "files" / "two").hardlink_to(work / "files" / "one")
    backup._pack_archive(work, tmp_path / "made.tar")
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    backup._unpack_archive(tmp_path / "made.tar", unpacked)
    assert (unpacked / "files" / "two").read_text() == json.dumps(RIGHT)
