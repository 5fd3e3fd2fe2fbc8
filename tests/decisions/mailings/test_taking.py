"""Which emails of a mailing a worker takes next: those whose time has come, as many as the limits of the account allow."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection

from crm.records.history.verb_execution import operation
from leads.models import Unsubscribe
from mailboxes.models import Mailbox
from mailings.models import Delivery, Mailing, MailingAccount
from mailings.sending.batch_claim import (
    _wait_for_others,
    claim_recipients,
    release_deliveries,
    skip_deliveries,
)
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
NOW = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3_600, 86_400
NEVER = None


class Email(NamedTuple):
    """Times are in seconds from now; what is over is negative. `of` is the mailing, `through` the account."""

    state: str = "waiting"
    domain: str = "a.example"
    vip: bool = False
    next_try: float | None = NEVER
    taken_until: float | None = NEVER
    at: float | None = NEVER
    of: str = "this mailing"
    through: str = "this account"


class Case(NamedTuple):
    """`takes` are the places of the emails that are taken; `why` says what the others wait for."""

    emails: Sequence[Email]
    takes: Sequence[int] = ()
    why: str = ""
    account: dict[str, Any] | None = None
    vip: bool = False
    pause: int = 0


WAITS = Email()
VIP = Email(vip=True)
ELSEWHERE = Email(domain="b.example")


def sent(at: float, **values: Any) -> Email:
    return Email(state="sent", at=at, **values)


def sending(**values: Any) -> Email:
    return Email(state="sending", taken_until=MINUTE, **values)


CASES = {
    # Without an account
    "an email that waits": Case([WAITS], [0]),
    "an email that was sent": Case([sent(-HOUR)]),
    "an email that wasn't delivered": Case([Email(state="failed")]),
    "a skipped email": Case([Email(state="left_out")]),
    "an email of another mailing": Case([Email(of="another mailing")]),
    "an email to a VIP lead has its own turn": Case([VIP, WAITS], [1]),
    "only an email to a VIP lead is left": Case([VIP]),
    "the turn of VIP leads": Case([VIP, WAITS], [0], vip=True),
    "an email whose next try is later": Case([Email(next_try=1)], why="retry"),
    "an email whose next try is now": Case([Email(next_try=0)], [0]),
    "an email that another worker has": Case([Email(state="sending", taken_until=1)]),
    "an email whose worker's time ends now": Case([Email(state="sending", taken_until=0)], [0]),
    "an email whose worker was killed": Case([Email(state="sending", taken_until=-1)], [0]),
    "an email that was sent within the time of its worker": Case([sent(-1, taken_until=-1)]),
    # The pace of a domain
    "as many as the pace of the domain allows": Case([WAITS] * 3, [0, 1], account={"most_a_minute_to_domain": 2}),
    "an email to another domain": Case(
        [WAITS, WAITS, ELSEWHERE], [0, 2], account={"most_a_minute_to_domain": 1}
    ),
    "one was sent within a minute": Case(
        [sent(-59), WAITS, WAITS], [1], account={"most_a_minute_to_domain": 2}
    ),
    "one is being sent": Case([sending(), WAITS, WAITS], [1], account={"most_a_minute_to_domain": 2}),
    "the pace is reached": Case([sent(-59), WAITS], why="domain", account={"most_a_minute_to_domain": 1}),
    "the pace is reached, and the time of the next try is now": Case(
        [sent(-59), Email(next_try=0)], why="domain", account={"most_a_minute_to_domain": 1}
    ),
    "the pace is reached, and the next try is later": Case(
        [sent(-59), Email(next_try=1)], why="retry", account={"most_a_minute_to_domain": 1}
    ),
    "one was sent a minute ago": Case([sent(-MINUTE), WAITS], [1], account={"most_a_minute_to_domain": 1}),
    "one to another domain within a minute": Case(
        [sent(-59, domain="b.example"), WAITS], [1], account={"most_a_minute_to_domain": 1}
    ),
    "one of another mailing within a minute": Case(
        [sent(-59, of="another mailing"), WAITS], why="domain", account={"most_a_minute_to_domain": 1}
    ),
    "one through another account within a minute": Case(
        [sent(-59, through="another account"), WAITS], [1], account={"most_a_minute_to_domain": 1}
    ),
    "one that wasn't delivered within a minute": Case(
        [Email(state="failed", at=-59), WAITS], [1], account={"most_a_minute_to_domain": 1}
    ),
    "an email to a full domain leaves the room to others": Case(
        [sent(-59), WAITS, ELSEWHERE], [2], account={"most_a_minute_to_domain": 1, "most_an_hour": 2}
    ),
    # The limits of the account
    "as many as the hour allows": Case([WAITS] * 3, [0, 1], account={"most_an_hour": 2}),
    "as many as the day allows": Case([WAITS] * 3, [0, 1], account={"most_a_day": 2}),
    "the hour allows fewer than the day": Case(
        [WAITS] * 3, [0], account={"most_an_hour": 1, "most_a_day": 2}
    ),
    "the day allows fewer than the hour": Case(
        [WAITS] * 3, [0], account={"most_an_hour": 2, "most_a_day": 1}
    ),
    "the limit of the hour is reached": Case([sent(1 - HOUR), WAITS], why="hour", account={"most_an_hour": 1}),
    "the limit of the day is reached": Case([sent(1 - DAY), WAITS], why="day", account={"most_a_day": 1}),
    "both limits are reached": Case(
        [sent(-1), WAITS], why="day", account={"most_an_hour": 1, "most_a_day": 1}
    ),
    "a limit that was lowered below what was sent": Case(
        [sent(-1), sent(-1), WAITS], why="hour", account={"most_an_hour": 1}
    ),
    "an hour ago is no longer within the hour": Case([sent(-HOUR), WAITS], [1], account={"most_an_hour": 1}),
    "a day ago is no longer within the day": Case([sent(-DAY), WAITS], [1], account={"most_a_day": 1}),
    "what is being sent counts for the hour": Case([sending(), WAITS], why="hour", account={"most_an_hour": 1}),
    "what is being sent counts for the day": Case([sending(), WAITS], why="day", account={"most_a_day": 1}),
    "what wasn't delivered doesn't count": Case(
        [Email(state="failed", at=-1), WAITS], [1], account={"most_an_hour": 1, "most_a_day": 1}
    ),
    "what another account sends doesn't count": Case(
        [sent(-1, through="another account"), WAITS], [1], account={"most_an_hour": 1}
    ),
    "what another mailing sends counts": Case(
        [sent(-1, of="another mailing"), WAITS], why="hour", account={"most_an_hour": 1}
    ),
    "emails to VIP leads don't count for the others": Case(
        [sent(-1, vip=True), WAITS], [1], account={"most_an_hour": 1}
    ),
    "emails to VIP leads go through an ordinary account above its limits": Case(
        [sent(-1), VIP, VIP], [1, 2], account={"most_an_hour": 1}, vip=True
    ),
    "an account for VIP leads has limits": Case(
        [sent(-1, vip=True), VIP], why="hour", account={"most_an_hour": 1, "for_vip": True}, vip=True
    ),
    "an account for VIP leads counts whatever it sends": Case(
        [sent(-1), VIP], why="hour", account={"most_an_hour": 1, "for_vip": True}, vip=True
    ),
    # Another mailing to the same address
    "with a pause, while another mailing is sent to the address": Case(
        [sending(of="another mailing"), WAITS], why="domain", pause=1
    ),
    "without a pause, while another mailing is sent to the address": Case(
        [sending(of="another mailing"), WAITS], [1]
    ),
    "with a pause, while another mailing is sent to someone else": Case(
        [sending(of="another mailing", domain="b.example"), WAITS], [1], pause=1
    ),
    "with a pause, when the worker of the other mailing is out of time": Case(
        [Email(state="sending", taken_until=0, of="another mailing"), WAITS], [1], pause=1
    ),
    "with a pause, while another mailing waits": Case(
        [Email(taken_until=MINUTE, of="another mailing"), WAITS], [1], pause=1
    ),
}  # fmt: skip


@pytest.fixture
def make_emails(make_lead, make_mailing, ann, account_named):
    """The emails of a table. Those of another mailing have the addresses of this one."""

    def make(emails: Sequence[Email], mailing: Mailing) -> list[Delivery]:
        other = make_mailing(by=ann, state="sending")
        places: dict[Any, int] = {}
        rows = []
        for email in emails:
            place = places[email.of, email.domain] = places.get((email.of, email.domain), 0) + 1
            address = f"ana{place}@{email.domain}"
            rows.append(
                Delivery(
                    mailing=mailing if email.of == "this mailing" else other,
                    record=make_lead(email=address).pk,
                    address=address,
                    email_key=address,
                    vip=email.vip,
                    state=email.state,
                    next_try_at=moment(email.next_try),
                    taken_until=moment(email.taken_until),
                    at=moment(email.at),
                    account=account_named(email.through) if email.state != "waiting" else None,
                )
            )
        return Delivery.objects.bulk_create(rows)

    return make


@pytest.fixture
def account_named(departments):
    """Nothing is sent, so their mailboxes need no servers."""
    known: dict[str, MailingAccount] = {}

    def named(name: str, **values: Any) -> MailingAccount:
        if name not in known:
            address = f"sales{len(known)}@ours.example"
            with operation("test", by=None):
                mailbox = Mailbox.objects.create(name=name, address=address, department=departments.sales)
                known[name] = MailingAccount.objects.create(mailbox=mailbox, **values)
        return known[name]

    return named


def moment(seconds: float | None) -> Any:
    return NOW + timedelta(seconds=seconds) if seconds is not NEVER else None


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_which_emails_are_taken(case, make_mailing, make_emails, account_named, ann):
    mailing = make_mailing(by=ann, state="sending", pause_days=case.pause)
    route = account_named("this account", **case.account) if case.account else None
    emails = make_emails(case.emails, mailing)
    batch = claim_recipients(mailing, route, vip=case.vip, now=NOW)
    assert [row.pk for row in batch.rows] == [emails[place].pk for place in case.takes]
    assert (batch.why, batch.left_out, batch.until) == (case.why, 0, NOW + timedelta(minutes=5))
    for place, (email, was) in enumerate(zip(emails, case.emails, strict=True)):
        email.refresh_from_db()
        if place in case.takes:
            assert (email.state, email.taken_until, email.account) == ("sending", batch.until, route)
        else:
            assert (email.state, email.taken_until) == (was.state, moment(was.taken_until))


def test_twenty_emails_are_taken_at_once_the_oldest_first(make_mailing, make_emails, ann):
    mailing = make_mailing(by=ann, state="sending")
    emails = make_emails([WAITS] * 21, mailing)
    assert [row.pk for row in claim_recipients(mailing, None, vip=False, now=NOW).rows] == [
        row.pk for row in emails[:20]
    ]


def test_an_account_that_was_removed_takes_nothing(make_mailing, make_emails, account_named, ann):
    mailing = make_mailing(by=ann, state="sending")
    route = account_named("this account")
    account_named("another account")
    make_emails([WAITS], mailing)
    with operation("test", by=None):
        MailingAccount.objects.filter(pk=route.pk).delete()
    batch = claim_recipients(mailing, route, vip=False, now=NOW)
    assert (batch.rows, batch.left_out) == ([], 0)


def test_who_left_since_is_skipped_and_the_others_are_taken(make_mailing, make_emails, ann):
    mailing = make_mailing(by=ann, state="sending")
    left, stays = make_emails([Email(next_try=-1), WAITS], mailing)
    Unsubscribe.objects.create(email_key=left.email_key)
    batch = claim_recipients(mailing, None, vip=False, now=NOW)
    assert ([row.pk for row in batch.rows], batch.left_out, batch.why) == ([stays.pk], 1, "")
    # The worker goes on with them as they are now.
    (row,) = batch.rows
    assert (row.state, row.taken_until, row.mailing, row.account) == ("sending", batch.until, mailing, None)
    left.refresh_from_db()
    assert (left.state, left.reason, left.next_try_at) == ("left_out", "unsubscribed", None)


def test_only_skipped_emails_are_no_reason_to_wait(make_mailing, make_emails, ann):
    mailing = make_mailing(by=ann, state="sending")
    left, _later = make_emails([WAITS, Email(next_try=1)], mailing)
    Unsubscribe.objects.create(email_key=left.email_key)
    batch = claim_recipients(mailing, None, vip=False, now=NOW)
    assert (batch.rows, batch.left_out, batch.why) == ([], 1, "")


def test_each_skipped_email_has_its_own_reason(make_mailing, make_emails, ann):
    mailing = make_mailing(by=ann, state="sending")
    one, other, third = make_emails([sending(), sending(), WAITS], mailing)
    assert skip_deliveries({one.pk: "bounced", other.pk: "hidden"}) == 2
    found = [Delivery.objects.get(pk=email.pk) for email in (one, other, third)]
    assert [(email.state, email.reason, email.taken_until) for email in found] == [
        ("left_out", "bounced", None),
        ("left_out", "hidden", None),
        ("waiting", "", None),
    ]


BACK = {
    "of a mailing that goes on": ("sending", ("waiting", "")),
    "of a mailing that was paused": ("paused", ("waiting", "")),
    "of a mailing that was canceled": ("cancelled", ("left_out", "cancelled")),
}


@pytest.mark.parametrize("case", BACK.values(), ids=BACK.keys())
def test_what_was_taken_and_not_sent(case, make_mailing, make_emails, ann):
    state, expected = case
    mailing = make_mailing(by=ann, state=state)
    taken, another, done = make_emails([sending(), sending(), sent(-1)], mailing)
    release_deliveries([taken, done])
    found = [Delivery.objects.get(pk=email.pk) for email in (taken, another, done)]
    assert [(email.state, email.reason) for email in found] == [expected, ("sending", ""), ("sent", "")]
    assert [email.taken_until is None for email in found[:2]] == [True, False]


# Whether mailings may take emails at the same time. One with a pause must see what the others have taken.
LOCKS = {"a mailing without a pause": (0, "ShareLock"), "a mailing with a pause": (3, "ExclusiveLock")}


@pytest.mark.parametrize(("pause", "lock"), LOCKS.values(), ids=LOCKS)
def test_which_mailings_take_at_the_same_time(pause, lock, db):
    _wait_for_others(Mailing(pause_days=pause))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            " AND objid = (hashtext('leadwell.mailings.taking')::bigint & 4294967295)::oid"
        )
        assert cursor.fetchall() == [(lock,)]
