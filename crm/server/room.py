"""Room for calls: one large piece of memory for the frames of a request instead of many small ones."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Result = TypeVar("Result")

# Slots of eight bytes. A piece is a power of two, so that what follows the frame below, about 190 kB, is for its calls.
SLOTS = 40_000


def roomy(call: Callable[..., Result]) -> Callable[..., Result]:
    """The same call, but what it calls in its turn finds its memory in one piece.

    CPython keeps the frames of calls in pieces of 16 kB, asks the system for the next one where a call does not fit any
    more, and gives it back when that call returns (Include/internal/pycore_frame.h, Python/pystate.c: push_chunk). A
    loop that happens to stand at the end of a piece asks for one at each turn: 870 times in a page of the list, which
    took 45 ms instead of 25. A frame that says to need much gets a piece of 512 kB, and its calls have the rest of it.
    """

    def calling(*arguments, **keywords):
        return call(*arguments, **keywords)

    calling.__code__ = calling.__code__.replace(co_stacksize=SLOTS)
    return wraps(call)(calling)
