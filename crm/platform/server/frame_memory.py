"""Memory for nested calls: one large chunk for the frames of a request instead of many small ones."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Result = TypeVar("Result")

# Slots of eight bytes. A chunk is a power of two, so what follows the frame below, about 190 kB, is for its calls.
SLOTS = 40_000


def reserve_frame_memory(call: Callable[..., Result]) -> Callable[..., Result]:
    """Wrap a function so that the calls below it get their frames in one chunk.

    CPython keeps call frames in chunks of 16 kB, requests another one from the system when a call doesn't fit, and
    returns it when that call ends (Include/internal/pycore_frame.h, Python/pystate.c: push_chunk). A loop that happens
    to run at the end of a chunk requests one in every iteration: 870 times in a page of the list, which took 45 ms
    instead of 25. A frame that claims a large size gets a chunk of 512 kB, and its calls use the rest of it.
    """

    def call_with_reserved_memory(*arguments, **keywords):
        return call(*arguments, **keywords)

    call_with_reserved_memory.__code__ = call_with_reserved_memory.__code__.replace(co_stacksize=SLOTS)
    return wraps(call)(call_with_reserved_memory)
