"""The program in whose work an operation is opened: what an assistant does is marked with its token, whichever verb does it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from crm.models import Operation, Token

Channel = Operation.Channel


@dataclass(frozen=True)
class OperationSource:
    """The token of the program. `follow` is called at the end of each of its operations, within the transaction; what it
    raises rolls the operation back."""

    token: Token
    follow: Callable[[Operation], None]

    def get_marks(self) -> dict[str, Any]:
        return {"channel": Channel.ASSISTANT, "token": self.token}


_source: ContextVar[OperationSource | None] = ContextVar("operation_source", default=None)


def get_operation_source() -> OperationSource | None:
    return _source.get()


@contextmanager
def act_through(source: OperationSource) -> Iterator[None]:
    """Each operation that is opened inside is one of this program."""
    before = _source.set(source)
    try:
        yield
    finally:
        _source.reset(before)
