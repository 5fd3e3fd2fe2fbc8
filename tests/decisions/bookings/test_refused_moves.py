"""Which lead gets the status of a booking page, and what is said where the rules of the status refuse it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from bookings import lead_moves
from bookings.lead_moves import describe_refused_move, move_booked_lead
from crm.models import Operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, Status

# What the notification keeps, the name of the page, and the sentence; the status is called "100% sure".
SENTENCES = {
    "a reason": (
        {"code": "status_retired", "status": 5},
        "Demo",
        "A lead that was booked through “Demo” couldn’t be moved to 100% sure: This status is retired.",
    ),
    "a field": (
        {"code": "needs:90% of the price", "status": 5},
        "Demo",
        "A lead that was booked through “Demo” couldn’t be moved to 100% sure: 90% of the price is required.",
    ),
    "a page with a sign of its own": (
        {"code": "status_retired", "status": 5},
        "50%s off",
        "A lead that was booked through “50%s off” couldn’t be moved to 100% sure: This status is retired.",
    ),
    "nothing that is known": (
        {},
        "Demo",
        "A lead that was booked through “Demo” couldn’t be moved to a deleted status: ",
    ),
}


@pytest.mark.parametrize(("values", "page", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_what_a_notification_of_a_refused_move_says(values, page, sentence, monkeypatch):
    labels = {5: "100% sure", None: "a deleted status"}
    monkeypatch.setattr(lead_moves, "get_status_label", labels.__getitem__)
    assert describe_refused_move(values) % {"page": page} == sentence


@pytest.fixture
def notified(monkeypatch) -> list[str]:
    """The reasons of which those who may change the page are notified."""
    found: list[str] = []
    monkeypatch.setattr(lead_moves, "notify_once_a_day", lambda *of, **values: found.append(values["code"]))
    return found


# Whether what was sent has a lead, what the lead has, whether the lead moves, and the reason of which people are notified.
MOVES: dict[str, tuple[bool, dict[str, Any], bool, list[str]]] = {
    "a lead": (True, {"phone": "+40721000001"}, True, []),
    "a lead without what the status requires": (True, {}, False, ["needs:phone"]),
    "a deleted lead": (True, {"phone": "+40721000001", "deleted_at": timezone.now}, False, []),
    "no lead": (False, {"phone": "+40721000001"}, False, []),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("has_lead", "values", "moves", "reasons"), MOVES.values(), ids=MOVES)
def test_which_lead_gets_the_status(has_lead, values, moves, reasons, statuses, make_lead, notified):
    status = statuses.qualified
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(required_fields=["phone"])
    given = {name: value() if callable(value) else value for name, value in values.items()}
    lead, other = make_lead(**given), make_lead(phone="+40721000002")
    before = other.status_id
    page: Any = SimpleNamespace(pk=1, name="Demo", status=status)
    submission: Any = SimpleNamespace(lead_id=lead.pk if has_lead else None)
    move_booked_lead(page, submission)
    found = dict(Lead.objects.values_list("pk", "status"))
    assert found == {lead.pk: status.pk if moves else before, other.pk: before}
    assert notified == reasons
    if moves:
        record = Operation.objects.get(kind="move")
        assert (record.by, record.channel) == (None, Operation.Channel.SYSTEM)
