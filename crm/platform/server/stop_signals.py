"""What asks a run to stop: Ctrl-C, a service manager, a terminal that is closed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Signals:
    """Ctrl-C, SIGTERM, and a closed terminal all end the run, but not in the middle of a step that must complete."""

    def __init__(self) -> None:
        self.holding = False
        self.told: list[int] = []

    def handle_stop_signal(self, number: int, _frame: object = None) -> None:
        self.told.append(number)
        self._stop()

    def _stop(self) -> None:
        if not self.holding:
            self.holding = True  # one signal is enough: from here on the run is stopping
            raise KeyboardInterrupt

    @contextmanager
    def defer_stop(self) -> Iterator[None]:
        self.holding = True
        yield
        self.holding = False
        if self.told:
            self._stop()


@contextmanager
def stop_signals() -> Iterator[Signals]:
    signals = Signals()
    before = {
        number: signal.signal(number, signals.handle_stop_signal)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
