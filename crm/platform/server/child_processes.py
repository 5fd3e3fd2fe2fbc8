"""The child processes of a run: they die with their parent, and those left over from a killed run are ended."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1
# A child exits with this code if something it depends on is down: restart it later (EX_TEMPFAIL in sysexits.h).
TRY_LATER = 75
# Two readings of a process's start time may differ by this many seconds.
SAME_START = 5


class ChildProcess:
    """A process in a separate session: Ctrl-C on the terminal reaches only the parent, which stops the children in its
    own order; and what a child starts is found by the session even after the child has ended."""

    def __init__(
        self,
        name: str,
        command: list[str],
        pass_fds: tuple[int, ...] = (),
        *,
        log: Path | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """`log` gets what the process prints, and `options` are further ones of subprocess.Popen."""
        self.name, self.command, self.pass_fds = name, command, pass_fds
        self.log, self.options = log, options or {}
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        parent = os.getpid()
        with self.log.open("ab") if self.log else contextlib.nullcontext() as log:
            self.process = subprocess.Popen(
                self.command,
                pass_fds=self.pass_fds,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: _die_with(parent),
                **self.options,
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def waits_for_something(self) -> bool:
        return self.process is not None and self.process.poll() == TRY_LATER

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def stop(self, seconds: float) -> None:
        """Ask the process to end and, after that many seconds, kill it with everything it started."""
        if self.process is None:
            return
        if self.running:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        end_session(self.pid, grace=0)
        self.process.wait()


def _die_with(parent: int) -> None:
    """Runs in the child before its program: the kernel ends the child when the parent ends, however that happens."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


def is_alive(process: psutil.Process) -> bool:
    """Whether the process is still running: a zombie that hasn't been reaped counts as dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def get_session_members(session: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session and is_alive(process):
                found.append(process)
        except (ProcessLookupError, PermissionError):
            continue
    return found


def end_session(session: int, grace: float) -> int:
    """Ask all processes of a session to end, then kill them. Returns how many there were."""
    members = get_session_members(session)
    if grace:
        _signal_processes(members, signal.SIGTERM)
        _wait_for_processes(members, grace)
    _signal_processes(members, signal.SIGKILL)
    _wait_for_processes(members, 10)
    return len(members)


def kill_processes_in_folder(folder: Path, name: str) -> None:
    """Kill the processes with this name that work in this folder: what a killed server has left behind."""
    members = [process for process in psutil.process_iter() if _runs_in_folder(process, folder, name)]
    _signal_processes(members, signal.SIGQUIT)
    _wait_for_processes(members, 5)
    _signal_processes(members, signal.SIGKILL)
    _wait_for_processes(members, 5)


def _runs_in_folder(process: psutil.Process, folder: Path, name: str) -> bool:
    try:
        return name in process.name() and is_alive(process) and Path(process.cwd()) == folder
    except psutil.Error:
        return False


def _signal_processes(members: list[psutil.Process], number: int) -> None:
    for process in members:
        if is_alive(process):
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue


def _wait_for_processes(members: list[psutil.Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(map(is_alive, members)) and time.monotonic() < deadline:
        time.sleep(0.02)


def write_process_ids(file: Path, children: list[ChildProcess]) -> None:
    """Save the children's process IDs for the next start, in case this one is killed."""
    known = [
        {"pid": child.pid, "started": psutil.Process(child.pid).create_time()}
        for child in children
        if child.running
    ]
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(known))
    draft.replace(file)


def end_left_overs(file: Path) -> int:
    """End what a killed run left behind: only its own processes, identified by process ID and start time. Returns how
    many."""
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return 0
    ended = 0
    for child in known:
        if _is_same_session(child["pid"], child["started"]):
            ended += end_session(child["pid"], grace=3)
    file.unlink(missing_ok=True)
    return ended


def _is_same_session(pid: int, started: float) -> bool:
    """A process ID may have been reused; a session ID isn't reused as long as it has a member."""
    try:
        return abs(psutil.Process(pid).create_time() - started) < SAME_START
    except psutil.NoSuchProcess:
        return all(process.create_time() >= started - SAME_START for process in get_session_members(pid))
