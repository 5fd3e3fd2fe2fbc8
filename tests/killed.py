"""A process that ends in the middle of its work, at a call of one function."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class Killed(BaseException):
    """What ends the process: nothing catches it."""


@contextmanager
def killed_at(module: Any, name: str, when: str) -> Iterator[None]:
    """What the block does ends where it calls this function of the module: "before" or "after" the call."""
    carry_on = getattr(module, name)

    def end(*told, **more):
        if when == "after":
            carry_on(*told, **more)
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, end)
        with pytest.raises(Killed):
            yield
