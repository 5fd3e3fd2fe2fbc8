"""How many emails of sequences go through a mailbox on one day: the others follow on the next working day, in their order."""

from collections.abc import Sequence as Sequenced
from datetime import datetime, time, timedelta
from typing import Any

from accounts.working_time.calendar import Calendars
from crm.platform.configuration.company import get_company_settings, get_company_zone
from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.mime_messages import find_route, get_product_address
from sequences.models import Enrollment, EnrollmentStep


def split_by_room(
    enrollments: Sequenced[Enrollment], author: Any, route: str, calendars: Calendars, now: datetime
) -> tuple[dict[int, str], dict[int, datetime]]:
    """Of these, which all have this author: the address that each email goes out from today, and when the others' turn is, both by the
    ids of the enrollments and in their order."""
    addresses = _find_sender_addresses(enrollments, author, route)
    room: dict[str, int] = {}
    senders: dict[int, str] = {}
    late: dict[int, datetime] = {}
    tomorrow = get_next_morning(author, calendars, now)
    for one in enrollments:
        sender = addresses[one.record]
        if sender not in room:
            room[sender] = count_room(sender, now)
        if room[sender] > 0:
            room[sender] -= 1
            senders[one.pk] = sender
        else:
            late[one.pk] = tomorrow
    return senders, late


def count_room(sender: str, now: datetime) -> int:
    """How many more emails may go out from this address today, on the company's clock."""
    midnight = datetime.combine(now.astimezone(get_company_zone()).date(), time(), get_company_zone())
    sent = EnrollmentStep.objects.emails_from(sender, midnight).count()
    return max(get_company_settings().emails_a_day - sent, 0)


def get_next_morning(author: Any, calendars: Calendars, now: datetime) -> datetime:
    """When the author begins to work on the next day that has another limit and on which they work."""
    calendar = calendars.get_for_user(author)
    here = now.astimezone(calendar.zone).date()
    # A day of the company that is over may be another one than that of the author.
    later = datetime.combine(
        now.astimezone(get_company_zone()).date() + timedelta(days=1), time(), get_company_zone()
    )
    start = max(later, datetime.combine(here + timedelta(days=1), time(), calendar.zone))
    return calendar.get_next_opening(start) or start


def _find_sender_addresses(enrollments: Sequenced[Enrollment], author: Any, route: str) -> dict[int, str]:
    """By the ids of the records; asked once for each department, because its mailbox is what differs."""
    model: Any = KINDS[enrollments[0].table_of].model
    rows = model.objects.filter(pk__in=[one.record for one in enrollments])
    known: dict[int | None, str] = {}
    found = {}
    for pk, department in rows.values_list("pk", "department"):
        if department not in known:
            way = find_route(model.table, pk, author, route)
            known[department] = way.sender.lower() if way else get_product_address()
        found[pk] = known[department]
    return found
