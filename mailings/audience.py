"""Whom a mailing reaches: its records, and in one statement who gets it, and why each of the others doesn't.

The statement reads the records as they are now and as the mailing's user sees them now. It previews a draft, and it writes
the rows of a mailing that is sent, so both always agree.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import Case, F, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.models.record import PRESENT
from crm.records.kinds import KINDS, Kind
from crm.records.listing import Listing
from customers.models import Company, Contact, Request
from leads.models import Lead, Status
from mailings.models import Delivery, Mailing

State, Reason = Delivery.State, Delivery.Reason
# The kinds that mailings can be for. A mailing to companies goes to their contacts.
KINDS_OF_AUDIENCES = (Lead.table, Contact.table, Company.table, Request.table)
JUNK = {
    Lead.table: Q(status__kind=Status.Kind.DISQUALIFIED),
    Request.table: Q(state=Request.State.SPAM),
}
VIP: dict[str, Any] = {Lead.table: F("vip")}
# What a rewrite replaces, and what it leaves as it is.
UNTOUCHED = (State.WAITING, State.LEFT_OUT)

# In the order of Delivery.Reason: the first one that applies counts. A record that the user can't see has no address here.
JUDGED = """
WITH wanted(id) AS ({wanted}),
found(id, address, email_key, vip, seen, junk) AS ({found}),
judged AS MATERIALIZED (
  SELECT w.id AS record,
    CASE WHEN f.seen THEN f.address ELSE '' END AS address,
    CASE WHEN f.seen THEN f.email_key ELSE '' END AS email_key,
    coalesce(f.seen AND f.vip, false) AS vip,
    CASE
      WHEN f.seen IS NOT TRUE THEN 'hidden'
      WHEN f.email_key = '' OR f.address !~ '^[^@[:space:]]+@[^@[:space:]]+$' THEN 'no_email'
      WHEN f.junk THEN 'disqualified'
      WHEN EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = f.email_key)
        OR EXISTS (SELECT FROM mailings_listunsubscribe u WHERE u.email_key = f.email_key AND u.list_id = %(list)s)
        THEN 'unsubscribed'
      WHEN EXISTS (SELECT FROM mailings_suppression s WHERE s.email_key = f.email_key AND s.reason = 'bounced')
        THEN 'bounced'
      WHEN EXISTS (SELECT FROM mailings_suppression s WHERE s.email_key = f.email_key) THEN 'suppressed'
      WHEN f.email_key IN (SELECT d.email_key FROM mailings_delivery d
                           WHERE d.mailing_id = %(mailing)s AND d.state IN ('sending', 'sent', 'failed')) THEN 'shared'
      WHEN EXISTS (SELECT FROM mailings_delivery d WHERE d.email_key = f.email_key AND d.state = 'sent'
                   AND d.at > now() - make_interval(days => %(pause)s)) THEN 'recent'
      ELSE ''
    END AS reason
  FROM wanted w LEFT JOIN found f ON f.id = w.id
),
verdicts AS (
  SELECT record, address, email_key, vip,
    CASE WHEN reason = '' AND row_number() OVER (PARTITION BY reason, email_key ORDER BY vip DESC, record) > 1
      THEN 'shared' ELSE reason END AS reason
  FROM judged
)
"""


class FaultyFilter(ValueError):
    """The filter of a mailing can't be read any more, such as one by a deleted field. Each argument is a sentence."""


@dataclass(frozen=True)
class Line:
    """How many recipients are in a state, or left out for a reason."""

    state: str
    reason: str
    count: int

    @property
    def label(self) -> Any:
        return Reason(self.reason).label if self.reason else State(self.state).label


@dataclass(frozen=True)
class Funnel:
    """How many records a mailing is for, will get it, or are left out. `digest` differs whenever any recipient does."""

    lines: tuple[Line, ...]
    vips: int
    digest: str

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def receiving(self) -> int:
        """Those who get it, or got it."""
        return sum(line.count for line in self.lines if not line.reason)

    @property
    def left_out(self) -> list[Line]:
        """In the order of the reasons."""
        found = {line.reason: line for line in self.lines if line.reason}
        return [found[reason] for reason in Reason.values if reason in found]

    def in_state(self, state: str) -> int:
        return sum(line.count for line in self.lines if line.state == state)


def recipients_of(table: str) -> Kind:
    """The kind of the recipients of a mailing to records of this kind."""
    return KINDS[Contact.table if table == Company.table else table]


def funnel(mailing: Mailing) -> Funnel:
    """The counts: of its rows if it has any, else of those that it would have now. Raises FaultyFilter."""
    rows = Delivery.objects.of_mailing(mailing)
    if rows.exists():
        counted = (
            rows.order_by()
            .values_list("state", "reason")
            .annotate(number=models.Count("pk"), vips=models.Count("pk", filter=Q(vip=True, reason="")))
        )
        return _funnel([(*row, 0) for row in counted])
    return preview(mailing)


def preview(mailing: Mailing) -> Funnel:
    """The counts of the recipients that it would have now. Raises FaultyFilter."""
    sql, parameters = _judged(mailing)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{sql} SELECT CASE WHEN reason = '' THEN 'waiting' ELSE 'left_out' END, reason, count(*),
                count(*) FILTER (WHERE vip AND reason = ''), bit_xor(hashtextextended(record || ' ' || address, 0))
                FROM verdicts GROUP BY reason""",
            parameters,
        )
        return _funnel(cursor.fetchall())


def _funnel(rows: list[tuple]) -> Funnel:
    rows = sorted(rows)
    lines = tuple(Line(state, reason, number) for state, reason, number, _vips, _hash in rows)
    return Funnel(lines, sum(row[3] for row in rows), sha256(repr(rows).encode()).hexdigest()[:32])


@dataclass(frozen=True)
class Recipient:
    record: int
    address: str
    reason: str


def preview_page(mailing: Mailing, state: str, reason: str, after: int, size: int) -> list[Recipient]:
    """The next recipients that it would have now in this state and for this reason, each only if it isn't ''."""
    sql, parameters = _judged(mailing)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{sql} SELECT record, address, reason FROM verdicts
                WHERE (%(state)s = '' OR %(state)s = CASE WHEN reason = '' THEN 'waiting' ELSE 'left_out' END)
                  AND (%(reason)s = '' OR %(reason)s = reason) AND record > %(after)s ORDER BY record LIMIT %(size)s""",
            parameters | {"state": state, "reason": reason, "after": after, "size": size},
        )
        return [Recipient(*row) for row in cursor.fetchall()]


@transaction.atomic
def write_recipients(mailing: Mailing) -> None:
    """Write a row for each recipient with its verdict, in place of those that wait or are left out. Rows of emails that
    were sent, or tried, stay. Raises FaultyFilter and then writes nothing."""
    sql, parameters = _judged(mailing)
    Delivery.objects.of_mailing(mailing).in_state(*UNTOUCHED).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{sql} INSERT INTO mailings_delivery (mailing_id, of, record, address, email_key, vip, state, reason)
                SELECT %(mailing)s, %(of)s, record, address, email_key, vip,
                  CASE WHEN reason = '' THEN 'waiting' ELSE 'left_out' END, reason
                FROM verdicts ORDER BY record ON CONFLICT DO NOTHING""",
            parameters,
        )


def _judged(mailing: Mailing) -> tuple[str, dict[str, Any]]:
    """The statement with a verdict for each record, and its parameters."""
    wanted, of_wanted = _compiled(_wanted(mailing))
    found, of_found = _compiled(_found(mailing))
    named: dict[str, Any] = {
        "list": mailing.list_id,
        "mailing": mailing.pk,
        "pause": mailing.pause_days,
        "of": recipients_of(mailing.of).name,
    }
    parts = {}
    for name, (text, values) in {"wanted": (wanted, of_wanted), "found": (found, of_found)}.items():
        # Statements of Django number their parameters, and this one names them.
        names = [f"{name}_{place}" for place in range(len(values))]
        parts[name] = text.replace("%%", "%%%%") % tuple(f"%({own})s" for own in names)
        named |= dict(zip(names, values, strict=True))
    return JUDGED.format(**parts), named


def _compiled(rows: QuerySet) -> tuple[str, tuple]:
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return f"SELECT {', '.join(['NULL'] * len(rows.query.values_select or [1]))} WHERE false", ()


def _wanted(mailing: Mailing) -> QuerySet:
    """The ids of the records that it is for. A chosen record counts even if it is deleted by now."""
    if mailing.of == Company.table:
        companies = Company.objects.present().visible_to(mailing.by)
        if mailing.query:
            companies = _listing(mailing).visible
        else:
            companies = companies.filter(pk__any=_ids(mailing))
        return (
            Contact.objects.present()
            .filter(company__in=companies.order_by().values("pk"))
            .order_by()
            .values("pk")
        )
    if mailing.query:
        return _listing(mailing).visible.order_by().values("pk")
    chosen = Mailing.objects.filter(pk=mailing.pk)
    return chosen.annotate(record=models.Func("ids", function="unnest")).values("record")


def _ids(mailing: Mailing) -> Cast:
    ids = Mailing.objects.filter(pk=mailing.pk).values("ids")
    return Cast(Subquery(ids), ArrayField(models.BigIntegerField()))


def listing_of(kind: Kind, query: str, user) -> Listing:
    """The list of a filter. Raises FaultyFilter if it would drop a condition, and so show more records."""
    data = QueryDict(query)
    listing = Listing(kind, data, user)
    dropped = {name for name, values in data.lists() if any(values)} - {"all", *listing.data}
    if dropped:
        raise FaultyFilter(_("The filter uses a field that was deleted, or that the user can’t see."))
    if listing.errors:
        raise FaultyFilter(*listing.errors)
    return listing


def _listing(mailing: Mailing) -> Listing:
    return listing_of(KINDS[mailing.of], mailing.query, mailing.by)


def _found(mailing: Mailing) -> QuerySet:
    """What the statement reads of each record."""
    kind = recipients_of(mailing.of)
    by = mailing.by
    sees = by.is_active and by.has_perms([KINDS[mailing.of].right("view"), kind.right("view")])
    seen = PRESENT & kind.model.scope.seen(by) if sees else Q(pk__in=[])
    rows = kind.model._default_manager.annotate(
        for_vip=VIP.get(kind.name, Value(False)),
        seen=_is(seen),
        junk=_is(JUNK.get(kind.name, Q(pk__in=[]))),
    )
    return rows.order_by().values_list("pk", "email", "email_key", "for_vip", "seen", "junk")


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
