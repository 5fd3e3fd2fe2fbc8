"""What the mail server answered to one email, kept in its row and committed at once."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models import Delivery
from mailings.responses.bounce_handling import suppress_address, write_delivery_problem
from mailings.sending.smtp_transfer import EmailRefused

State = Delivery.State
# Refused for now: tried again after 4, 16 and 64 minutes, and about 4 hours.
TRIES = 5
PROBLEMS = {
    "refused": _("The mail server rejected it: %(answer)s"),
    "unknown": _("The connection was lost while it was sent, so it may have arrived."),
    "unreachable": _("The connection was lost several times before it was sent."),
    "bounced": _("It couldn’t be delivered: %(answer)s"),
    "inside": _("Something went wrong on our side."),
}


def get_delivery_sentence(problem: str) -> str:
    """The problem in the user's language, or ''."""
    key, _space, answer = problem.partition(" ")
    return str(PROBLEMS.get(key, PROBLEMS["inside"])) % {"answer": answer or "–"} if problem else ""


def record_acceptance(row: Delivery) -> None:
    _save_delivery(row, state=State.SENT, at=timezone.now(), problem="")


def record_failure(row: Delivery, problem: str) -> None:
    _save_delivery(row, state=State.FAILED, at=timezone.now(), problem=problem, tries=row.tries + 1)


def record_refusal(row: Delivery, answer: EmailRefused) -> None:
    """Tried again later if the server says so; never again if the address doesn't exist."""
    problem = f"refused {answer.answer}"
    if answer.is_for_now and row.tries + 1 < TRIES:
        _schedule_retry(row, problem)
        return
    with transaction.atomic():
        record_failure(row, problem)
        if answer.is_address:
            Delivery.objects.filter(pk=row.pk).update(bounced_at=timezone.now())
            suppress_address(row.pk, "bounced", answer.answer)


def record_lost_connection(row: Delivery, *, may_have_arrived: bool) -> None:
    """An email that may have arrived isn't sent again."""
    if may_have_arrived:
        record_failure(row, "unknown")
    elif row.tries + 1 < TRIES:
        _schedule_retry(row, "unreachable", pause=timedelta(seconds=0))
    else:
        record_failure(row, "unreachable")


def _schedule_retry(row: Delivery, problem: str, pause: timedelta | None = None) -> None:
    tries = row.tries + 1
    at = timezone.now() + (timedelta(minutes=4**tries) if pause is None else pause)
    _save_delivery(row, state=State.WAITING, problem=problem, tries=tries, next_try_at=at)


def _save_delivery(row: Delivery, *, problem: str, **values) -> None:
    if problem != row.problem:
        write_delivery_problem(row.pk, problem)
    values = {"taken_until": None, "next_try_at": None} | values
    Delivery.objects.filter(pk=row.pk).update(**values)
