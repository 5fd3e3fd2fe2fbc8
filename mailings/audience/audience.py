"""Whom a mailing reaches: its records, and in one statement who gets it, and why each of the others doesn't.

The statement reads the records as they are now and as the mailing's user sees them now. It previews a draft, and it writes
the rows of a mailing that is sent, so both always agree.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import Case, F, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.fields.models.record import PRESENT
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.record_list import RecordList
from customers.consent.current_consent import GIVEN
from customers.models import Company, Contact, Request
from leads.models import Lead, Status
from mailings.audience.sample_records import build_empty_conditions, get_merge_fields
from mailings.content.merge_fields import MergeFields, get_recipient_kinds
from mailings.models import Delivery, ForgottenAddress, Mailing
from mailings.suppression.address_digests import digests_sql, set_digest_keys

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
found(id, address, email_key, vip, seen, junk, lacking) AS ({found}),
erased(digest, verdict) AS (
  SELECT digest, min(CASE reason WHEN 'unsubscribed' THEN {unsubscribed} WHEN 'bounced' THEN {bounced} ELSE {suppressed} END)
  FROM mailings_forgottenaddress WHERE list_id IS NULL OR list_id = %(list)s GROUP BY digest
),
judged AS MATERIALIZED (
  SELECT w.id AS record,
    CASE WHEN f.seen THEN f.address ELSE '' END AS address,
    CASE WHEN f.seen THEN f.email_key ELSE '' END AS email_key,
    coalesce(f.seen AND f.vip, false) AS vip,
    coalesce(f.seen AND f.lacking, false) AS lacking,
    CASE
      WHEN f.seen IS NOT TRUE THEN 'hidden'
      WHEN f.email_key = '' OR f.address !~ '^[^@[:space:]]+@[^@[:space:]]+$' THEN 'no_email'
      WHEN f.junk THEN 'disqualified'
      WHEN EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = f.email_key)
        OR EXISTS (SELECT FROM mailings_listunsubscribe u WHERE u.email_key = f.email_key AND u.list_id = %(list)s)
        OR {erased} = {unsubscribed}
        THEN 'unsubscribed'
      WHEN EXISTS (SELECT FROM mailings_suppression s WHERE s.email_key = f.email_key AND s.reason = 'bounced')
        OR {erased} = {bounced}
        THEN 'bounced'
      WHEN EXISTS (SELECT FROM mailings_suppression s WHERE s.email_key = f.email_key)
        OR {erased} = {suppressed}
        THEN 'suppressed'
      WHEN %(purpose)s::bigint IS NOT NULL AND NOT {given} THEN 'no_consent'
      WHEN %(skips)s AND f.lacking THEN 'no_value'
      WHEN f.email_key IN (SELECT d.email_key FROM mailings_delivery d
                           WHERE d.mailing_id = %(mailing)s AND d.state IN ('sending', 'sent', 'failed')) THEN 'shared'
      WHEN %(pause)s > 0 AND EXISTS (SELECT FROM mailings_delivery d WHERE d.email_key = f.email_key AND d.state = 'sent'
                   AND d.at > now() - make_interval(days => %(pause)s)) THEN 'recent'
      ELSE ''
    END AS reason
  FROM wanted w LEFT JOIN found f ON f.id = w.id {joined}
),
verdicts AS (
  SELECT record, address, email_key, vip, lacking,
    CASE WHEN reason = '' AND row_number() OVER (PARTITION BY reason, email_key ORDER BY vip DESC, record) > 1
      THEN 'shared' ELSE reason END AS reason
  FROM judged
),
recipients AS (SELECT *, CASE WHEN reason = '' THEN 'waiting' ELSE 'left_out' END AS state FROM verdicts)
"""
# What is known of an erased address, by numbers in the order in which it counts.
OF_ERASED = {"unsubscribed": "1", "bounced": "2", "suppressed": "3"}
# By the same rule as the page of a record.
HAS_CONSENT = GIVEN.format(purpose="%(purpose)s", email_key="f.email_key", kind="%(of)s", record="f.id")


class FaultyFilter(ValueError):
    """The filter of a mailing can't be read any more, such as one by a deleted field. Each argument is a sentence."""


def get_recipient_kind(table: str) -> Kind:
    """The kind of the recipients of a mailing to records of this kind."""
    return KINDS[Contact.table if table == Company.table else table]


@transaction.atomic
def write_recipients(mailing: Mailing) -> None:
    """Write a row for each recipient with its verdict, in place of those that wait or are left out. Rows of emails that
    were sent, or tried, stay. Raises FaultyFilter and then writes nothing."""
    sql, parameters = build_judged_sql(mailing)
    Delivery.objects.of_mailing(mailing).in_state(*UNTOUCHED).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{sql} INSERT INTO mailings_delivery (mailing_id, of, record, address, email_key, vip, state, reason)
                SELECT %(mailing)s, %(of)s, record, address, email_key, vip, state, reason
                FROM recipients ORDER BY record ON CONFLICT DO NOTHING""",
            parameters,
        )


def build_judged_sql(mailing: Mailing) -> tuple[str, dict[str, Any]]:
    """The beginning of a statement that reads `recipients`, with a verdict for each record, and its parameters. Raises
    FaultyFilter."""
    wanted, of_wanted = _compile_or_empty(_wanted_ids_queryset(mailing))
    found, of_found = _compile_or_empty(_recipients_queryset(mailing))
    named: dict[str, Any] = {
        "list": mailing.list_id,
        "mailing": mailing.pk,
        "pause": mailing.pause_days,
        "skips": mailing.skips_gaps,
        "purpose": mailing.purpose_id,
        "of": get_recipient_kind(mailing.of).name,
    }
    parts = {}
    for name, (text, values) in {"wanted": (wanted, of_wanted), "found": (found, of_found)}.items():
        # Statements of Django number their parameters, and this one names them.
        names = [f"{name}_{place}" for place in range(len(values))]
        parts[name] = text.replace("%%", "%%%%") % tuple(f"%({own})s" for own in names)
        named |= dict(zip(names, values, strict=True))
    return JUDGED.format(given=HAS_CONSENT, **OF_ERASED, **parts, **_build_erased_parts()), named


def _build_erased_parts() -> dict[str, str]:
    """The parts of the statement about addresses that are known only by their digests, if there are any."""
    if not ForgottenAddress.objects.exists():
        return {"joined": "", "erased": "0"}
    set_digest_keys()
    digests = dict(enumerate(digests_sql("f.email_key")))
    return {
        "joined": " ".join(f"LEFT JOIN erased e{n} ON e{n}.digest = {sql}" for n, sql in digests.items()),
        "erased": f"least({', '.join(f'e{place}.verdict' for place in digests)})",
    }


def _compile_or_empty(rows: QuerySet) -> tuple[str, tuple]:
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        # Only IDs can be none at all, such as those that a sender whose account was closed sees.
        return "SELECT NULL::bigint WHERE false", ()


def _wanted_ids_queryset(mailing: Mailing) -> QuerySet:
    """The ids of the records that it is for. A chosen record counts even if it is deleted by now."""
    if mailing.of == Company.table:
        companies = Company.objects.present().visible_to(mailing.by)
        if mailing.query:
            companies = _build_mailing_list(mailing).visible
        else:
            companies = companies.filter(pk__any=_build_ids_expression(mailing))
        return (
            Contact.objects.present()
            .filter(company__in=companies.order_by().values("pk"))
            .order_by()
            .values("pk")
        )
    if mailing.query:
        return _build_mailing_list(mailing).visible.order_by().values("pk")
    chosen = Mailing.objects.filter(pk=mailing.pk)
    return chosen.annotate(record=models.Func("ids", function="unnest")).values("record")


def _build_ids_expression(mailing: Mailing) -> Cast:
    ids = Mailing.objects.filter(pk=mailing.pk).values("ids")
    return Cast(Subquery(ids), ArrayField(models.BigIntegerField()))


def build_strict_list(kind: Kind, query: str, user) -> RecordList:
    """The list of a filter. Raises FaultyFilter if it would drop a condition, and so show more records."""
    data = QueryDict(query)
    listing = RecordList(kind, data, user)
    dropped = {name for name, values in data.lists() if any(values)} - {"all", *listing.data}
    if dropped:
        raise FaultyFilter(_("The filter uses a field that was deleted or that the sender can’t see."))
    if listing.errors:
        raise FaultyFilter(*listing.errors)
    return listing


def _build_mailing_list(mailing: Mailing) -> RecordList:
    return build_strict_list(KINDS[mailing.of], mailing.query, mailing.by)


def _recipients_queryset(mailing: Mailing) -> QuerySet:
    """What the statement reads of each record."""
    kind = get_recipient_kind(mailing.of)
    by = mailing.by
    sees = by.is_active and by.has_perms([KINDS[mailing.of].get_right("view"), kind.get_right("view")])
    seen = PRESENT & kind.model.scope.build_visible_condition(by) if sees else Q(pk__in=[])
    empty = build_empty_conditions(
        mailing, get_merge_fields(mailing), MergeFields(get_recipient_kinds(mailing), by)
    )
    rows = annotate_custom_values(kind.model._default_manager.all(), empty).annotate(
        for_vip=VIP.get(kind.name, Value(False)),
        seen=_build_boolean_expression(seen),
        junk=_build_boolean_expression(JUNK.get(kind.name, Q(pk__in=[]))),
        lacking=_build_boolean_expression(reduce(or_, empty.values(), Q(pk__in=[]))),
    )
    return rows.order_by().values_list("pk", "email", "email_key", "for_vip", "seen", "junk", "lacking")


def _build_boolean_expression(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
