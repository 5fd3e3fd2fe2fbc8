"""Small work after a response has been sent, for which no one waits, such as recording that a view was used."""

import logging
from collections.abc import Callable

from django.db import Error, transaction
from django.http import HttpResponse

log = logging.getLogger(__name__)


def call_when_sent(response: HttpResponse, work: Callable[[], None]) -> None:
    """Run `work` once when the server has sent the response. A response may be closed twice."""
    close, waiting = response.close, [work]

    def close_and_call() -> None:
        try:
            if waiting:
                waiting.pop()()
        finally:
            close()

    response.close = close_and_call  # type: ignore[method-assign]


def run_after_response(response: HttpResponse, work: Callable[[], None]) -> None:
    """The same in its own transaction. If the database refuses it, that is logged and lost."""

    def worked() -> None:
        try:
            with transaction.atomic():
                work()
        except Error:
            log.warning("Work after a response failed", exc_info=True)

    call_when_sent(response, worked)
