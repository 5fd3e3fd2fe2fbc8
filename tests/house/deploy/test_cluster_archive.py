"""deploy/cluster/: the scripts that write the archive lose nothing that is in it."""

import gzip
import subprocess
from pathlib import Path

import pytest

from crm.platform.database.embedded_postgres import EmbeddedServer
from deploy.cluster.fill import HERE, fill, read_values

FILE = "000000010000000000000005"
# Stands for PostgreSQL's program: a copy whose log begins in the file FIRST.
COPIES = """#!/bin/bash
while [ "$1" != --pgdata ]; do shift; done
mkdir "$2"
echo "START WAL LOCATION: 0/5000028 (file $FIRST)" > "$2/backup_label"
exit "$STATUS"
"""


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path, archive):
    """run("db1", "archive_wal.sh", …): runs a script of this machine and returns its exit status."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pg_basebackup").write_text(COPIES)
    (programs / "pg_basebackup").chmod(0o700)
    (programs / "pg_archivecleanup").symlink_to(
        EmbeddedServer(tmp_path / "database").programs / "pg_archivecleanup"
    )
    values = read_values(HERE / "example.env") | {"ARCHIVE": str(archive), "PROGRAMS": str(programs)}

    def run(machine: str, script: str, *words: object, **environment: str) -> int:
        fill(values, machine, tmp_path / machine)
        return subprocess.run(
            [str(tmp_path / machine / script), *map(str, words)],
            env={"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C", **environment},
            check=False,
        ).returncode

    return run


@pytest.fixture
def archived(run, tmp_path, archive):
    """archived("db1", b"…"): whether this machine could archive FILE with this content."""

    def archived(machine: str, content: bytes) -> bool:
        (tmp_path / FILE).write_bytes(content)
        return run(machine, "archive_wal.sh", tmp_path / FILE, FILE, archive) == 0

    return archived


def kept(archive: Path) -> dict[str, bytes]:
    return {file.name: gzip.decompress(file.read_bytes()) for file in archive.iterdir()}


def test_the_same_file_may_be_archived_twice(archived, archive):
    assert archived("db1", b"changes")
    assert archived("db1", b"changes")
    assert archived("db2", b"changes")
    assert kept(archive) == {f"{FILE}.gz": b"changes"}


def test_another_content_does_not_replace_what_is_archived(archived, archive):
    assert archived("db1", b"changes")
    assert not archived("db2", b"others")
    assert kept(archive) == {f"{FILE}.gz": b"changes"}


@pytest.mark.parametrize(("content", "well"), [(b"changes", True), (b"others", False)])
def test_a_file_that_another_machine_archives_at_the_same_moment_is_kept(
    archived, archive, tmp_path, content, well
):
    """The other machine's file is there when this one has written its own."""
    (tmp_path / "of_the_other").write_bytes(gzip.compress(b"changes"))
    faster = tmp_path / "programs" / "sync"
    faster.write_text(f"#!/bin/bash\ncp {tmp_path}/of_the_other {archive}/{FILE}.gz\n/usr/bin/sync $1\n")
    faster.chmod(0o700)
    assert archived("db2", content) is well
    assert kept(archive) == {f"{FILE}.gz": b"changes"}


def test_what_a_killed_attempt_has_left_does_not_stop_the_next_one(archived, archive):
    (archive / f".{FILE}.db1").write_bytes(b"half")
    assert archived("db1", b"changes")
    assert kept(archive) == {f"{FILE}.gz": b"changes"}


@pytest.fixture
def promoted(run, tmp_path, archive):
    """promoted(1, 2): a new primary on db2 archives the history of timeline 3, in which these ended, each in the middle of file
    …05. Of each timeline it has the files …03 to …06."""
    place = tmp_path / "pg_wal"
    place.mkdir()

    def promoted(*timelines: int) -> int:
        for number in timelines:
            for file in range(3, 7):
                (place / f"{number:08X}00000000{file:08X}").write_bytes(b"%d" % number)
        history = place / f"{max(timelines) + 1:08X}.history"
        history.write_text("".join(f"{number}\t0/5000098\tno target\n\n" for number in timelines))
        return run("db2", "archive_wal.sh", history, history.name, archive)

    return promoted


def test_a_new_primary_archives_the_finished_files_that_the_lost_one_had_not_archived(
    promoted, archive, tmp_path
):
    """The file in which the timeline ended isn't finished, and one after it may be anything."""
    done = archive / "000000010000000000000003.gz"
    done.write_bytes(gzip.compress(b"by the primary"))
    assert promoted(1) == 0
    assert kept(archive) == {
        "000000010000000000000003.gz": b"by the primary",
        "000000010000000000000004.gz": b"1",
        "00000002.history.gz": b"1\t0/5000098\tno target\n\n",
    }


def test_a_new_primary_also_archives_what_a_primary_that_was_lost_before_had_left(
    promoted, archive, tmp_path
):
    (tmp_path / "pg_wal" / "00000002.history").write_text("1\t0/5000098\tno target\n")
    assert promoted(1, 2) == 0
    assert names(archive) == {
        *(f"{number:08X}00000000{file:08X}.gz" for number in (1, 2) for file in (3, 4)),
        "00000002.history.gz",
        "00000003.history.gz",
    }


def test_a_history_is_archived_only_after_the_files_before_it(promoted, archive, tmp_path):
    """So that PostgreSQL tries again until all of them are there."""
    compress = tmp_path / "programs" / "gzip"
    compress.write_text('#!/bin/bash\n[[ "$*" == *0000004 ]] && exit 1\nexec /usr/bin/gzip "$@"\n')
    compress.chmod(0o700)
    assert promoted(1) != 0
    assert names(archive) == {"000000010000000000000003.gz"}
    compress.unlink()
    assert promoted(1) == 0
    assert "00000002.history.gz" in names(archive)


@pytest.fixture
def copies(archive):
    """Fifteen copies, one a day, each with the file of the log in which it begins; and the history of a failover."""
    for day in range(1, 16):
        folder = archive / f"base-2026-11-{day:02}-0230"
        folder.mkdir()
        label = f"START WAL LOCATION: 0/{day:X}000028 (file {log_of(day)})\nLABEL: copy\n"
        (folder / "backup_label").write_text(label)
        (archive / f"{log_of(day)}.gz").touch()
    (archive / "00000002.history.gz").touch()


def log_of(day: int) -> str:
    return f"0000000{1 + day // 10}00000000000000{day:02X}"


def names(archive: Path) -> set[str]:
    return {file.name for file in archive.iterdir()}


def test_a_copy_that_fails_deletes_nothing(run, archive, copies):
    before = names(archive)
    assert run("db1", "copy_database.sh", FIRST=log_of(16), STATUS="1") != 0
    assert names(archive) - {".copy"} == before


def test_after_a_complete_copy_the_last_fourteen_stay_with_the_log_that_they_need(run, archive, copies):
    (archive / ".copy").mkdir()
    assert run("db1", "copy_database.sh", FIRST=log_of(16), STATUS="0") == 0
    found = names(archive)
    days = {name for name in found if name.startswith("base-2026-11-") and name.endswith("-0230")}
    assert len({name for name in found if name.startswith("base-")}) == 14
    assert days == {f"base-2026-11-{day:02}-0230" for day in range(3, 16)}
    assert {name for name in found if name.endswith(".gz")} == {
        "00000002.history.gz",
        *(f"{log_of(day)}.gz" for day in range(3, 16)),
    }
    assert ".copy" not in found
