"""The deadlines of a process: each cuts off its own block, and none that has ended."""

import os
import socket

import pytest

from crm.platform.web import read_deadline
from crm.platform.web.read_deadline import cut_off_after

LONG, SOON, PATIENCE = 60, 0.02, 20


@pytest.fixture(autouse=True)
def new_watcher(monkeypatch):
    """Without the deadlines of other tests, at which it would look around too."""
    monkeypatch.setattr(read_deadline, "_watcher", read_deadline._DeadlineWatcher())


def test_a_block_that_takes_longer_loses_its_connection():
    here, there = socket.socketpair()
    with here, there, cut_off_after(SOON, here) as late:
        assert here.recv(1) == b""
        assert late.wait(PATIENCE)


def test_a_block_that_ends_in_time_is_not_cut_off():
    with cut_off_after(SOON, None) as early:
        pass
    with cut_off_after(SOON, None) as late:
        assert late.wait(PATIENCE)
    assert not early.is_set()


def test_a_shorter_deadline_does_not_wait_for_a_longer_one():
    with cut_off_after(LONG, None) as longer:
        # At the second one, the thread is waiting for the longer deadline.
        for _turn in range(2):
            with cut_off_after(SOON, None) as shorter:
                assert shorter.wait(PATIENCE)
        assert not longer.is_set()


def test_a_process_that_was_forked_has_deadlines_too():
    with cut_off_after(LONG, None):
        child = os.fork()
        if child == 0:
            with cut_off_after(SOON, None) as late:
                os._exit(0 if late.wait(PATIENCE) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
