"""Which response to a mailing is noted for which automation, in the transaction that records it."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from automations.models import MailingResponse
from mailings.models import Delivery
from tests.automations.automating import make_automation
from tests.automations.mailed import deliver, make_mailing

pytestmark = pytest.mark.django_db

ANSWERED, OPENED, CLICKED, BOUNCED = (
    "mailing_answered",
    "mailing_opened",
    "mailing_clicked",
    "mailing_bounced",
)


class Case(NamedTuple):
    """A trigger, the columns that are set to now, and whether it is noted. `before` are the columns that were set already,
    `of_other` is whether the trigger names another mailing or, if False, this one."""

    trigger: str
    columns: tuple[str, ...]
    noted: bool
    before: tuple[str, ...] = ()
    of_other: bool | None = None
    values: dict[str, Any] = {}


CASES = {
    "a reply": Case(ANSWERED, ("replied_at",), True),
    "an open": Case(OPENED, ("opened_at",), True),
    "a click": Case(CLICKED, ("clicked_at",), True),
    "a bounce": Case(BOUNCED, ("bounced_at",), True),
    "an open isn't a reply": Case(ANSWERED, ("opened_at",), False),
    "a reply isn't an open": Case(OPENED, ("replied_at",), False),
    "an open isn't a click": Case(CLICKED, ("opened_at",), False),
    "a complaint isn't a bounce": Case(BOUNCED, ("complained_at",), False),
    "unsubscribing isn't a click": Case(CLICKED, ("unsubscribed_at",), False),
    "another open": Case(OPENED, ("opened_at",), False, before=("opened_at",)),
    "a click after an open": Case(CLICKED, ("clicked_at",), True, before=("opened_at",)),
    "a click after an open, for who waits for an open": Case(
        OPENED, ("clicked_at",), False, before=("opened_at",)
    ),
    "several at once": Case(CLICKED, ("opened_at", "clicked_at"), True),
    "of the mailing": Case(OPENED, ("opened_at",), True, of_other=False),
    "of another mailing": Case(OPENED, ("opened_at",), False, of_other=True),
    "an automation that is off": Case(OPENED, ("opened_at",), False, values={"turned_on": False}),
    "an automation that is deleted": Case(OPENED, ("opened_at",), False, values={"retired": True}),
    "an automation for records of another type": Case(
        OPENED, ("opened_at",), False, values={"table_of": "contact"}
    ),
    "an automation that waits for a change": Case("added", ("opened_at",), False),
    "a moment that is forgotten": Case(OPENED, (), False, before=("opened_at",)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_which_response_is_noted_for_which_automation(case, ann, make_lead):
    mailing, other = make_mailing(ann), make_mailing(ann, subject="Other")
    now = timezone.now()
    delivery = deliver(mailing, make_lead(), **dict.fromkeys(case.before, now))
    chosen = {} if case.of_other is None else {"mailing": (other if case.of_other else mailing).pk}
    automation = make_automation("One", ann, trigger=case.trigger, trigger_values=chosen, **case.values)
    columns = dict.fromkeys(case.columns, now) or dict.fromkeys(case.before)
    Delivery.objects.filter(pk=delivery.pk).update(**columns)
    noted = list(MailingResponse.objects.values_list("automation", "delivery"))
    assert noted == ([(automation.pk, delivery.pk)] if case.noted else [])
