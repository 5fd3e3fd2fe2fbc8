"""A hostile tar is refused before any of it is written, and a good one comes out the same with every Python."""

import io
import tarfile

import pytest

from crm.platform.backup.backup import BROKEN
from crm.platform.backup.unpacking import unpack_backup

FILE = tarfile.REGTYPE


@pytest.fixture
def unpacked(tmp_path):
    """unpacked(part, …) is the folder with what a tar with these parts, (name, type, values), was unpacked to."""
    into = tmp_path / "outer" / "into"
    into.mkdir(parents=True)

    def unpacked(*parts):
        tar = tmp_path / "made.tar"
        with tarfile.open(tar, "w") as made:
            for name, type, values in parts:
                entry = tarfile.TarInfo(name)
                entry.type = type
                for key, value in values.items():
                    setattr(entry, key, value)
                entry.size = 4 if type == FILE else 0
                made.addfile(entry, io.BytesIO(b"text"))
        with tarfile.open(tar) as read:
            unpack_backup(read, into)
        return into

    unpacked.tar, unpacked.into = tmp_path / "made.tar", into
    return unpacked


HOSTILE = {
    "an absolute path": ("/etc/leadwell", FILE, {}),
    "a path to the outside": ("../outside", FILE, {}),
    "a path through a folder to the outside": ("files/../../outside", FILE, {}),
    "a folder outside": ("../outside", tarfile.DIRTYPE, {}),
    "a symbolic link to the outside": ("files", tarfile.SYMTYPE, {"linkname": "/etc"}),
    "a symbolic link inside": ("files", tarfile.SYMTYPE, {"linkname": "database.dump"}),
    "a hard link to the outside": ("files", tarfile.LNKTYPE, {"linkname": "/etc/passwd"}),
    "a hard link inside": ("files", tarfile.LNKTYPE, {"linkname": "leadwell.json"}),
    "a device": ("files", tarfile.CHRTYPE, {"devmajor": 1, "devminor": 3}),
    "a disk": ("files", tarfile.BLKTYPE, {"devmajor": 8, "devminor": 0}),
    "a pipe": ("files", tarfile.FIFOTYPE, {}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_part_is_refused_and_nothing_is_written(case, unpacked):
    with pytest.raises(ValueError, match=r"neither a file nor a folder|is outside"):
        unpacked(("leadwell.json", FILE, {}), HOSTILE[case])
    assert list(unpacked.into.iterdir()) == []
    assert list(unpacked.into.parent.iterdir()) == [unpacked.into]


def test_a_file_with_holes_is_refused(unpacked, monkeypatch):
    """It could be larger than the disk."""
    monkeypatch.setattr(tarfile.TarInfo, "issparse", lambda part: True)
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        unpacked(("leadwell.json", FILE, {}))


BROKEN_PARTS = {
    "the same name twice": [("files/a", FILE, {}), ("files/a", FILE, {})],
    "a file where a folder is": [("files", tarfile.DIRTYPE, {}), ("files", FILE, {})],
    "a file below a file": [("files", FILE, {}), ("files/a", FILE, {})],
    "a name without an end": [("a" * 300, FILE, {})],
    "a file without a name": [(".", FILE, {})],
    "an endless date": [("a", FILE, {"mtime": 10**30})],
    "a date that is no number": [("a", FILE, {"pax_headers": {"mtime": "inf"}})],
}


@pytest.mark.parametrize("case", BROKEN_PARTS)
def test_parts_that_cannot_be_written_are_refused_as_damage(case, unpacked):
    with pytest.raises(BROKEN):
        unpacked(*BROKEN_PARTS[case])


def test_a_tar_that_is_cut_within_a_file_is_refused_as_damage(unpacked, tmp_path):
    unpacked(("leadwell.json", FILE, {}))
    unpacked.tar.write_bytes(unpacked.tar.read_bytes()[:514])
    with tarfile.open(unpacked.tar) as read, pytest.raises(BROKEN):
        unpack_backup(read, tmp_path / "other")


def test_files_and_folders_come_out_as_they_were(unpacked):
    folder = unpacked(
        (".", tarfile.DIRTYPE, {}),
        ("./files/ab/photo", FILE, {"mtime": 1_700_000_000}),
        ("empty", tarfile.DIRTYPE, {}),
    )
    photo = folder / "files" / "ab" / "photo"
    assert photo.read_bytes() == b"text"
    assert photo.stat().st_mtime == 1_700_000_000
    assert (folder / "empty").is_dir()


@pytest.mark.parametrize(
    ("packed", "restored"), [(0o644, 0o644), (0o600, 0o600), (0o6777, 0o644), (0o000, 0o600), (0o755, 0o644)]
)
def test_restored_files_are_ours_to_write_and_run_nothing(packed, restored, unpacked):
    folder = unpacked(("photo", FILE, {"mode": packed}), ("files", tarfile.DIRTYPE, {"mode": 0o7000}))
    assert (folder / "photo").stat().st_mode & 0o7777 == restored
    assert (folder / "files").stat().st_mode & 0o7700 == 0o700
