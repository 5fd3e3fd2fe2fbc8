"""Small work after a response has been sent, for which no one waits, such as recording that a view was used."""

import logging
from collections.abc import Callable

from django.db import Error, transaction
from django.http import HttpResponse

log = logging.getLogger(__name__)


def afterwards(response: HttpResponse, work: Callable[[], None]) -> None:
    """Run `work` when the server has sent the response, in its own transaction. If the database refuses it, that is
    logged and lost."""
    close = response.close

    def closed() -> None:
        try:
            with transaction.atomic():
                work()
        except Error:
            log.warning("Work after a response failed", exc_info=True)
        finally:
            close()

    response.close = closed  # type: ignore[method-assign]
