"""Which response to a mailing is noted for which automation, in the transaction that records it."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from automations.models import MailingResponse
from automations.running import mailing_responses
from automations.running.mailing_responses import take_responses
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


def test_the_responses_of_one_automation_are_taken_at_once_one_of_each_record(ann, make_lead, make_contact):
    first, second = make_mailing(ann), make_mailing(ann, subject="Other")
    to_contacts = make_mailing(ann, of="contact")
    ana, bea = make_lead("Ana Pop"), make_lead("Bea Pop")
    automation, other = (
        make_automation(name, ann, trigger=OPENED, turned_on=False) for name in ("One", "Two")
    )
    of_ana, of_bea = deliver(first, ana, bea)
    again, gone = deliver(second, ana), deliver(to_contacts, make_contact())
    waiting = [
        (automation, of_bea),
        (other, of_ana),
        (automation, of_ana),
        (automation, again),
        (automation, gone),
    ]
    for one, delivery in waiting:
        MailingResponse.objects.create(automation=one, delivery=delivery.pk)
    taken = {bea.pk: f"{OPENED} {of_bea.pk}", ana.pk: f"{OPENED} {of_ana.pk}"}
    assert take_responses() == (automation, taken)
    # What another automation waits for stays, and so does the second response of a lead; one of another record type goes.
    left = MailingResponse.objects.order_by("pk").values_list("automation", "delivery")
    assert list(left) == [(other.pk, of_ana.pk), (automation.pk, again.pk)]
    assert take_responses() == (other, {ana.pk: f"{OPENED} {of_ana.pk}"})
    assert take_responses() == (automation, {ana.pk: f"{OPENED} {again.pk}"})
    assert take_responses() is None


def test_at_most_so_many_responses_are_taken_the_oldest_first(ann, make_lead, monkeypatch):
    monkeypatch.setattr(mailing_responses, "MOST_AT_ONCE", 2)
    automation, mailing = make_automation("One", ann, trigger=OPENED, turned_on=False), make_mailing(ann)
    leads = [make_lead(f"Lead {number}") for number in range(3)]
    for delivery in deliver(mailing, *leads):
        MailingResponse.objects.create(automation=automation, delivery=delivery.pk)
    assert [[*take_responses()[1]] for _turn in range(2)] == [[leads[0].pk, leads[1].pk], [leads[2].pk]]
