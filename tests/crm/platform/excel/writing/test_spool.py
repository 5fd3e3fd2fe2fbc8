"""The spool: a reader gets the bytes as they are written, and never takes half a file for a whole one."""

import threading

import pytest

from crm.platform.excel.writing.spool import Spool
from tests.waiting import until_set


def test_the_reader_gets_the_first_bytes_while_the_writer_still_writes(tmp_path):
    read_on = threading.Event()

    def write(file):
        file.write(b"first")
        until_set(read_on)
        file.write(b" second")

    parts = iter(Spool(tmp_path / "new" / "file", write))
    assert next(parts) == b"first"
    read_on.set()
    assert b"".join(parts) == b" second"


def test_a_slow_reader_does_not_delay_the_writer(tmp_path):
    spool = Spool(tmp_path / "file", lambda file: [file.write(b"x" * 1000) for _ in range(1000)])
    spool.join()
    assert b"".join(spool) == b"x" * 1_000_000


def test_the_writers_error_reaches_the_reader(tmp_path):
    def write(file):
        file.write(b"begun")
        raise OSError("No space left on device")

    parts = iter(Spool(tmp_path / "file", write))
    assert next(parts) == b"begun"
    with pytest.raises(OSError, match="No space left"):
        next(parts)


def test_only_the_server_may_read_the_file_and_none_is_overwritten(tmp_path):
    spool = Spool(tmp_path / "file", lambda file: file.write(b"x"))
    spool.join()
    assert spool.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        Spool(tmp_path / "file", lambda file: None)


def test_a_spool_that_is_given_up_never_says_that_it_is_whole(tmp_path):
    go_on, ended = threading.Event(), []

    def write(file) -> None:
        file.write(b"first")
        until_set(go_on)
        try:
            file.mark_whole()
        finally:
            ended.append(file.unwanted)

    spool = Spool(tmp_path / "file", write)
    assert spool.wait_until_whole(0.05) is False
    go_on.set()
    spool.join()
    assert (ended, spool.whole, type(spool.error).__name__) == ([True], False, "WritingStopped")


def test_a_spool_that_is_whole_can_not_be_given_up(tmp_path):
    spool = Spool(tmp_path / "file", lambda file: (file.write(b"all"), file.mark_whole()))
    assert spool.wait_until_whole(10)
    assert spool.give_up() is False
    assert b"".join(spool) == b"all"
