"""The states that the worker gives a mailing: it begins, waits, stops with a reason, or is finished; each only from the state before."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Operation
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.platform.web.notifications import create_notification
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, operation
from mailings.models import Delivery, Mailing
from mailings.sending import waiting_reasons

State = Mailing.State


EVENTS = [
    (
        _lazy("Sending of mailings"),
        [
            ("begin_mailing", _lazy("mailing started")),
            ("stop_mailing", _lazy("mailing paused by Leadwell")),
            ("finish_mailing", _lazy("mailing finished")),
        ],
    )
]


class BeginMailing(Verb):
    kind = "begin_mailing"
    icon = "mail"

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def describe_finality(cls, record):
        return _("Emails that were sent can’t be unsent. You can pause or cancel the rest of the mailing.")

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Start the mailing “%(name)s”") % {"name": parameters.get("name", "")}


class StopMailing(BeginMailing):
    kind = "stop_mailing"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Pause the mailing “%(name)s”") % {"name": parameters.get("name", "")}


class FinishMailing(BeginMailing):
    kind = "finish_mailing"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Finish the mailing “%(name)s”") % {"name": parameters.get("name", "")}


def begin_mailing(mailing: Mailing) -> bool:
    """From scheduled to sending. Whether the mailing was still scheduled."""
    return _change_state(
        mailing, BeginMailing, State.SCHEDULED, state=State.SENDING, why="", sent_at=timezone.now()
    )


def finish_mailing(mailing: Mailing) -> bool:
    """Once no row waits or is being sent."""
    rest = Delivery.objects.of_mailing(mailing).in_state(Delivery.State.WAITING, Delivery.State.SENDING)
    if rest.exists():
        return False
    now = timezone.now()
    return _change_state(mailing, FinishMailing, State.SENDING, state=State.SENT, why="", finished_at=now)


def stop_mailing(mailing: Mailing, why: str, value: object = "") -> bool:
    """Paused by Leadwell until a user resumes it. `why` is a key of reasons.STOPS; the sender is notified."""
    why = waiting_reasons.build_reason_key(why, value)
    return _change_state(mailing, StopMailing, State.SCHEDULED, State.SENDING, state=State.PAUSED, why=why)


def write_waiting_reason(mailing: Mailing, why: str, value: object = "") -> None:
    """Keep why it waits, or '' when it goes on. That is no change of anyone's, so it isn't recorded."""
    why = waiting_reasons.build_reason_key(why, value) if why else ""
    if why == mailing.why:
        return
    mailing.why = why
    with write_without_history():
        Mailing.objects.filter(pk=mailing.pk, state=State.SENDING).update(why=why)


def _change_state(mailing: Mailing, verb: type[Verb], *before: str, **values: Any) -> bool:
    with transaction.atomic():
        rows = Mailing.objects.in_state(*before).filter(pk=mailing.pk)
        if not rows.select_for_update().exists():
            return False
        about: dict[str, Any] = {"table": Mailing.table, "matched": 1, "changed": 1}
        about["parameters"] = {"rows": [mailing.pk], "name": mailing.subject}
        with operation(verb.kind, by=mailing.by, channel=Operation.Channel.SYSTEM, **about) as record:
            rows.update(**values)
            write_verdicts(record, Outcome(Mailing.table, changed=[mailing.pk]))
            for name, value in values.items():
                setattr(mailing, name, value)
            _notify_creator(mailing, record)
    return True


def _notify_creator(mailing: Mailing, record: Operation) -> None:
    kinds = {State.SENT: "mailing_finished", State.PAUSED: "mailing_stopped"}
    if mailing.state in kinds and mailing.by.is_active:
        about: dict[str, Any] = {"path": mailing.get_absolute_url(), "subject": mailing.subject[:100]}
        if mailing.state == State.SENT:
            about["skipped"] = Delivery.objects.of_mailing(mailing).in_state(Delivery.State.LEFT_OUT).count()
        create_notification(mailing.by, kinds[State(mailing.state)], record, **about)
