"""Which numbers a mailing has once it is sent, what each counts, and the list of records behind it."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from customers.models import ConsentPurpose
from mailings.models import Delivery
from mailings.responses.mailing_results import _build_list_url, get_results, get_skipped_counts
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)
USUAL = ("mailing", "delivered", "mailing_failed", "mailing_bounced", "mailing_complained", "mailing_unsubscribed", "mailing_replied")  # fmt: skip


class Shown(NamedTuple):
    """What the mailing records, whose records it went to, and the numbers that it has beside the usual ones."""

    more: tuple[str, ...]
    values: dict[str, Any] = {}
    of: str = "lead"


SHOWN = {
    "a mailing to leads": Shown(("mailing_moved",)),
    "a mailing that records opens": Shown(("mailing_opened", "mailing_moved"), {"tracks_opens": True}),
    "a mailing that records clicks": Shown(("mailing_clicked", "mailing_moved"), {"tracks_clicks": True}),
    "contacts have no status": Shown((), of="contact"),
    "requests have no status to move on from": Shown((), of="request"),
    "a mailing without recipients is shown like one to leads": Shown(("mailing_moved",), of=""),
}


@pytest.mark.parametrize("case", SHOWN.values(), ids=SHOWN)
def test_which_numbers_a_mailing_has(case, ada, make_mailing):
    mailing = make_mailing(by=ada, ids=[], sent_at=AT, **case.values)
    if case.of:
        Delivery.objects.create(mailing=mailing, of=case.of, record=1, state="sent")
    # The recipients of another mailing say nothing.
    other = "contact" if case.of in ("lead", "") else "lead"
    Delivery.objects.create(mailing=make_mailing(by=ada, ids=[]), of=other, record=1, state="sent")
    found = get_results(mailing)
    assert [number.name for number in found] == [*USUAL, *case.more]


# Of four recipients: what is known of them, and the numbers that aren't 0, each with its share of the emails that were sent.
COUNTED = {
    "all wait": ([{"state": "waiting"}] * 4, {}),
    "all were sent": ([{}] * 4, {"mailing": (4, "100%"), "delivered": (4, "100%")}),
    "one came back": (
        [{}, {}, {}, {"bounced_at": AT}],
        {"mailing": (4, "100%"), "delivered": (3, "75%"), "mailing_bounced": (1, "25%")},
    ),
    "one was refused at once": (
        [{}, {"state": "failed", "problem": "bounced 550"}],
        {"mailing": (1, "100%"), "delivered": (1, "100%"), "mailing_failed": (1, "100%")},
    ),
    "one was answered, and one was skipped": (
        [{}, {"replied_at": AT}, {"state": "left_out"}],
        {"mailing": (2, "100%"), "delivered": (2, "100%"), "mailing_replied": (1, "50%")},
    ),
}


@pytest.mark.parametrize(("rows", "counts"), COUNTED.values(), ids=COUNTED)
def test_what_the_numbers_of_a_mailing_count(rows, counts, ada, make_mailing):
    mailing, other = make_mailing(by=ada, ids=[], sent_at=AT), make_mailing(by=ada, ids=[])
    for record, values in enumerate(rows):
        for one in (mailing, other):
            Delivery.objects.create(mailing=one, record=record, **{"state": "sent", **values})
    found = get_results(mailing)
    assert {number.name: (number.count, number.percent) for number in found if number.count} == counts


# Of whom a mailing was, one of its numbers, and the list that has these records: of the mailing 7.
LISTS = {
    "the leads that received it": ("lead", "mailing", "/admin/leads?mailing=7"),
    "the leads that answered": ("lead", "mailing_replied", "/admin/leads?mailing_replied=7"),
    "the leads that it was delivered to": (
        "lead",
        "delivered",
        "/admin/leads?mailing=7&mailing_bounced=7&mailing_bounced_not=on",
    ),
    "the leads that moved": ("lead", "mailing_moved", "/admin/leads?mailing_moved=7"),
    "the contacts that received it": ("contact", "mailing", "/admin/contacts?mailing=7"),
    "the requests that it came back from": ("request", "mailing_bounced", "/admin/requests?mailing_bounced=7"),
    "records whose lists have no such filter": ("company", "mailing", ""),
}  # fmt: skip


@pytest.mark.parametrize(("table", "name", "url"), LISTS.values(), ids=LISTS)
def test_the_list_behind_a_number(table, name, url, ada, make_mailing):
    mailing = make_mailing(by=ada, ids=[])
    mailing.pk = 7
    assert _build_list_url(mailing, table, name) == url


def test_the_reasons_for_skipped_recipients_are_in_their_order_and_name_the_consent(ada, make_mailing):
    with operation("test", by=None):
        purpose = ConsentPurpose.objects.create(name="News")
    mailing, other = make_mailing(by=ada, ids=[], purpose=purpose), make_mailing(by=ada, ids=[])
    rows = [
        ("left_out", "shared"),
        ("left_out", "no_consent"),
        ("left_out", "shared"),
        ("left_out", "no_email"),
    ]
    for record, (state, reason) in enumerate([*rows, ("sent", ""), ("waiting", "")]):
        Delivery.objects.create(mailing=mailing, record=record, state=state, reason=reason)
    Delivery.objects.create(mailing=other, record=1, state="left_out", reason="bounced")
    assert [(str(one.label), one.count, one.url) for one in get_skipped_counts(mailing)] == [
        (label, count, f"/admin/mailings/{mailing.pk}/recipients?state=left_out&reason={reason}")
        for label, count, reason in (
            ("No email address", 1, "no_email"),
            ("No consent to “News”", 1, "no_consent"),
            ("Shares an address with another recipient", 2, "shared"),
        )
    ]
