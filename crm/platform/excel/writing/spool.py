"""A file that one thread writes while another sends it, or waits until it is whole: a slow reader never blocks the writer."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from django.db import connections

PORTION = 1 << 16
# How long the reader waits for more data before it checks whether the writer is alive, in seconds.
PATIENCE = 5.0


class WritingStopped(Exception):
    """The file took too long, or its job was canceled; the writer ends."""


class Spool:
    """Runs `write(file)` in its own thread and follows the file as it grows.

    Only the server can read the file (0600), and the writer may move it away. Iterating yields its bytes as they arrive and raises what the writer
    raised: an interrupted download must not look complete.
    """

    def __init__(self, path: Path, write: Callable[["GrowingFile"], object]) -> None:
        self.path = path
        self.grown = threading.Condition()
        self.written = 0
        self.finished = self.whole = self.unwanted = False
        self.error: BaseException | None = None
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=False)
        # Opened now, because the writer may move the file as soon as it is whole.
        self.reading = path.open("rb")
        self.thread = threading.Thread(
            target=self._run, args=(write,), name=f"spool {path.name}", daemon=True
        )
        self.thread.start()

    def _run(self, write: Callable[["GrowingFile"], object]) -> None:
        try:
            with self.path.open("wb", buffering=0) as file:
                write(GrowingFile(file, self))
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()
            with self.grown:
                self.finished = True
                self.grown.notify_all()

    def report_written(self, number: int) -> None:
        with self.grown:
            self.written += number
            self.grown.notify_all()

    def __iter__(self) -> Iterator[bytes]:
        with self.reading as file:
            while True:
                data = file.read(PORTION)
                if data:
                    yield data
                elif not self._wait_for_more(file.tell()):
                    break
        if self.error:
            raise self.error

    def _wait_for_more(self, sent: int) -> bool:
        """Wait until there is more to send. False at the end."""
        with self.grown:
            while self.written <= sent and not self.finished:
                self.grown.wait(PATIENCE)
            return self.written > sent

    def wait_until_whole(self, seconds: float) -> bool:
        """Wait until the writer has said that the file is whole, or has ended. If neither comes in time, the writer is given
        up. `error` says why it ended."""
        with self.grown:
            self.grown.wait_for(lambda: self.whole or self.finished, seconds)
            if not (self.whole or self.finished):
                self.unwanted = True
            return self.whole

    def wait_until_ended(self, seconds: float) -> bool:
        with self.grown:
            return self.grown.wait_for(lambda: self.finished, seconds)

    def give_up(self) -> bool:
        """The writer ends at its next write. False if the file is whole, or the writer has ended."""
        with self.grown:
            self.unwanted = self.unwanted or not (self.whole or self.finished)
            return self.unwanted and not self.finished

    def close(self) -> None:
        """Called when the response ends, also one that was never read."""
        self.reading.close()

    def join(self) -> None:
        self.thread.join()


class GrowingFile:
    """The file as the writer sees it: forward only, and each write wakes the reader. Raises Unwanted if it was given up."""

    def __init__(self, file: IO[bytes], spool: Spool) -> None:
        self.file, self.spool = file, spool

    @property
    def unwanted(self) -> bool:
        return self.spool.unwanted

    def raise_if_unwanted(self) -> None:
        if self.spool.unwanted:
            raise WritingStopped

    def write(self, data: bytes) -> int:
        self.raise_if_unwanted()
        view = memoryview(data)
        while view:
            done = self.file.write(view)
            view = view[done:]
        self.spool.report_written(len(data))
        return len(data)

    def begin_again(self) -> None:
        """As long as no one reads the file."""
        self.file.seek(0)
        self.file.truncate()
        with self.spool.grown:
            self.spool.written = 0

    def mark_whole(self) -> None:
        """Said once, at the end. From then on, it can't be given up."""
        with self.spool.grown:
            if self.spool.unwanted:
                raise WritingStopped
            self.spool.whole = True
            self.spool.grown.notify_all()

    def flush(self) -> None:
        pass
