"""Sending a mailing for a short while, over several connections: the worker's part of it.

Each row is committed right after the mail server has accepted its email. A worker that is killed leaves its rows taken, and
another one goes on with them later (mailings/sending/batch_claim.py).
"""

import contextvars
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle

from django.db import connections as databases
from django.utils import timezone

from crm.platform.files.store_unavailable import StoreAway
from crm.platform.jobs.job_runner import is_interrupted
from crm.platform.web.transactions import is_connection_lost
from mailings.content.email_content import FileGone, build_mailing_email
from mailings.content.merge_fields import attach_records
from mailings.models import Delivery, Mailing
from mailings.responses.bounce_handling import get_excessive_bounce_rate
from mailings.sending import server_answers as answers
from mailings.sending.account_routes import Connections, NotReached, Route, get_routes, open_connections
from mailings.sending.batch_claim import (
    DeliveryBatch,
    claim_recipients,
    release_deliveries,
    skip_deliveries,
)
from mailings.sending.last_minute_exclusion import check_right_before_sending
from mailings.sending.signing_keys import KeyUnreadable
from mailings.sending.smtp_transfer import ConnectionBroken, EmailRefused
from mailings.sending.state_transitions import stop_mailing

log = logging.getLogger(__name__)

# Connections of one mailing, and seconds until the next mailing has its turn.
AT_ONCE, TURN = 4, 30.0
# A batch ends so long before others may take its rows: longer than the slowest mail server takes for one email.
SPARE = timedelta(minutes=2)


class SendingTurn:
    """One turn of one mailing, shared by its threads: when it ends, and why it ended before."""

    def __init__(self, mailing: Mailing, seconds: float = TURN) -> None:
        self.mailing = mailing
        self.ends = time.monotonic() + seconds
        self.over = threading.Event()
        # What the rest waits for: a key of mailings/sending/waiting_reasons.py and its value.
        self.why: tuple[str, str] = ("", "")
        self.sent = 0

    @property
    def is_over(self) -> bool:
        return self.over.is_set() or is_interrupted() or time.monotonic() > self.ends

    def request_end(self, why: str, value: str = "") -> None:
        self.why = (why, value)
        self.over.set()

    @property
    def goes_on(self) -> bool:
        """Whether it ended only because others had their turn."""
        return bool(self.sent) and not self.over.is_set() and time.monotonic() > self.ends


def send_for_a_turn(mailing: Mailing, *, at_once: int = 0, seconds: float = TURN) -> SendingTurn:
    """VIP leads first, then the others."""
    turn, at_once = SendingTurn(mailing, seconds), at_once or AT_ONCE
    for vip in (True, False):
        routes = get_routes(mailing, vip=vip)
        if at_once == 1:
            _send_rows(turn, routes, vip)
        else:
            with ThreadPoolExecutor(at_once) as threads:
                # Each thread has the language and the time zone of the caller.
                contexts = [contextvars.copy_context() for _thread in range(at_once)]
                begun = [threads.submit(one.run, _send_in_thread, turn, routes, vip) for one in contexts]
                for thread in begun:
                    thread.result()
        if turn.is_over:
            break
    return turn


def _send_in_thread(turn: SendingTurn, routes: list[Route], vip: bool) -> None:
    try:
        _send_rows(turn, routes, vip)
    except BaseException:
        turn.over.set()
        raise
    finally:
        databases.close_all()


def _send_rows(turn: SendingTurn, routes: list[Route], vip: bool) -> None:
    """Batch after batch; an account without room leaves its place to the next one."""
    without_room = 0
    with open_connections() as lines:
        for route in cycle(routes):
            if turn.is_over or without_room == len(routes):
                return
            batch = claim_recipients(turn.mailing, route, vip=vip)
            without_room = 0 if batch.rows or batch.left_out else without_room + 1
            if batch.why and without_room == len(routes):
                turn.why = (batch.why, "")
            if batch.rows:
                _send_batch(turn, lines, batch)
                if percent := get_excessive_bounce_rate(turn.mailing):
                    stop_mailing(turn.mailing, "bounces", percent)
                    turn.request_end("bounces")


def _send_batch(turn: SendingTurn, lines: Connections, batch: DeliveryBatch) -> None:
    """The rows that it doesn't get to go back."""
    rest = list(batch.rows)
    attach_records(rest)
    try:
        while rest and not turn.is_over and timezone.now() < batch.until - SPARE:
            goes_on, reason = check_right_before_sending(rest[0])
            if not goes_on:
                turn.over.set()
            elif reason:
                skip_deliveries({rest.pop(0).pk: reason})
            else:
                _send_one(turn, lines, batch.route, rest)
    finally:
        release_deliveries(rest)


def _send_one(turn: SendingTurn, lines: Connections, route: Route, rest: list[Delivery]) -> None:
    """Send the first of these rows, and remove it from them unless it goes back."""
    row = rest[0]
    try:
        lines.send(route, build_mailing_email(row))
    except FileGone as gone:
        stop_mailing(turn.mailing, "file", gone)
        turn.request_end("file")
    except StoreAway:
        turn.request_end("store")
    except KeyUnreadable as unreadable:
        stop_mailing(turn.mailing, "key", unreadable)
        turn.request_end("key")
    except NotReached as error:
        turn.request_end("unreachable", str(error))
    except ConnectionBroken as broken:
        lines.drop(route)
        answers.record_lost_connection(rest.pop(0), may_have_arrived=broken.may_have_arrived)
    except EmailRefused as refused:
        _handle_refusal(turn, lines, route, rest, refused)
    except Exception as error:
        if is_connection_lost(error):
            raise
        # The content stays out of the log.
        log.warning("Mailing %s: delivery %s: %s", turn.mailing.pk, row.pk, type(error).__name__)
        answers.record_failure(rest.pop(0), "inside")
    else:
        answers.record_acceptance(rest.pop(0))
        turn.sent += 1


def _handle_refusal(
    turn: SendingTurn, lines: Connections, route: Route, rest: list[Delivery], refused: EmailRefused
) -> None:
    if refused.is_of_connection:
        lines.drop(route)
        turn.request_end("busy", refused.answer)
    elif refused.step == "sender":
        stop_mailing(turn.mailing, "sender", refused.answer)
        turn.request_end("sender")
    else:
        answers.record_refusal(rest.pop(0), refused)
