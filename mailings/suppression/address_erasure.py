"""Erasing addresses: nothing that can be read stays in the tables of mailings, and who gets no mailing still gets none.

When a record is deleted permanently, its address goes from its recipients' rows; the counts of mailings don't move. If no other
record has the address, its unsubscribes and its place on the suppression list become keyed digests (mailings/suppression/address_digests.py).
Once a record has the address again, such as a new lead or one that an undo brings back, they can be read again.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm.platform.jobs.housekeeping import every_minute
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.platform.text.text_folding import fold_texts
from crm.records.kinds.kind_registry import KINDS
from leads.models import Unsubscribe
from mailings.content.merge_fields import KINDS_OF_RECIPIENTS
from mailings.models import Delivery, ForgottenAddress, ListUnsubscribe, Suppression
from mailings.models.address_digest import UNSUBSCRIBED
from mailings.suppression.address_digests import (
    build_digest,
    build_possible_digests,
    digests_sql,
    set_digest_keys,
)

# Records that changed in this time are looked through each minute.
LATELY = timedelta(hours=1)
# What goes with a record that was deleted permanently by this operation, from its last version.
ADDRESSES = """
    SELECT DISTINCT leadwell_fold_email(c.fields->name->>0) FROM crm_change c, unnest(ARRAY['email', 'second_email']) name
    WHERE c.operation_id = nullif(current_setting('leadwell.operation', true), '')::bigint
      AND c."table" = %s AND c."row" = ANY(%s) AND c.kind = 'delete' AND c.fields->name->>0 <> ''
"""
# What the server said may have the address in it; the first word counts in the results (mailings/responses/response_conditions.py).
CLEARED = """
    UPDATE mailings_delivery d SET address = '', email_key = '', digest = k.digest, unsubscribe_reason = '',
      problem = split_part(d.problem, ' ', 1),
      state = CASE d.state WHEN 'waiting' THEN 'left_out' ELSE d.state END,
      reason = CASE d.state WHEN 'waiting' THEN 'hidden' ELSE d.reason END
    FROM unnest(%s::text[], %s::text[]) AS k(key, digest) WHERE d.email_key = k.key AND {which}
"""
COME_BACK = """
    SELECT DISTINCT r.email_key FROM {table} r
    JOIN mailings_forgottenaddress f ON f.digest IN ({digests})
    WHERE r.updated_at > %s AND r.email_key <> ''
"""


def erase_addresses_of_deleted_records(table: str, ids: list[int]) -> None:
    """Called after these records were deleted permanently."""
    rows = Delivery.objects.filter(of=table, record__in=ids)
    keys = set(rows.exclude(email_key="").order_by().values_list("email_key", flat=True).distinct())
    _clear_deliveries(keys, "d.of = %s AND d.record = ANY(%s)", [table, ids])
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, [table, ids])
        keys |= {key[:254] for (key,) in cursor.fetchall()}
    _erase_addresses(keys - _find_used_keys(keys))


@transaction.atomic
def erase_addresses(addresses: Iterable[str]) -> None:
    """Leave nothing readable of these addresses in the tables of mailings. Records that still have one bring it back within a
    minute, so erase it there first."""
    _erase_addresses(set(fold_texts(addresses, function="leadwell_fold_email", length=254).values()) - {""})


def add_forgotten_address(digest: str, reason: str, list_id: int | None = None) -> None:
    """Something has followed an email to an address that is erased by now, such as an unsubscribe or a bounce."""
    row = ForgottenAddress(digest=digest, reason=reason, list_id=list_id)
    ForgottenAddress.objects.bulk_create([row], ignore_conflicts=True)


def count_erased_addresses() -> int:
    """How many addresses get no mailing, or none of a list, and can't be read."""
    return ForgottenAddress.objects.values("digest").distinct().count()


@every_minute
def restore_returned_addresses() -> int:
    """Records that were added or changed lately with an erased address: what was known about it can be read again, so lists
    show it. Until then, and later too, the address gets no mailing (mailings/audience/audience.py)."""
    if not ForgottenAddress.objects.exists():
        return 0
    keys: set[str] = set()
    set_digest_keys()
    with connection.cursor() as cursor:
        for kind in KINDS_OF_RECIPIENTS:
            table = KINDS[kind].model._meta.db_table
            sql = COME_BACK.format(table=table, digests=", ".join(digests_sql("r.email_key")))
            cursor.execute(sql, [timezone.now() - LATELY])
            keys |= {key for (key,) in cursor.fetchall()}
    return _restore_addresses(keys)


def _find_used_keys(keys: set[str]) -> set[str]:
    """Those that any record has, in Trash or not."""
    used: set[str] = set()
    for kind in KINDS_OF_RECIPIENTS:
        model: Any = KINDS[kind].model
        rows = model._default_manager.filter(email_key__in=list(keys)).order_by()
        used.update(rows.values_list("email_key", flat=True))
    return used


def _erase_addresses(keys: set[str]) -> None:
    known = list(keys)
    _clear_deliveries(keys, "true", [])
    made: list[ForgottenAddress] = []
    unsubscribed: QuerySet[Any] = Unsubscribe.objects.filter(email_key__in=known)
    left: QuerySet[Any] = ListUnsubscribe.objects.filter(email_key__in=known)
    suppressed: QuerySet[Any] = Suppression.objects.filter(email_key__in=known)
    made += [_build_forgotten_address(row, UNSUBSCRIBED) for row in unsubscribed]
    made += [_build_forgotten_address(row, UNSUBSCRIBED, row.list_id) for row in left]
    made += [_build_forgotten_address(row, row.reason) for row in suppressed]
    ForgottenAddress.objects.bulk_create(made, ignore_conflicts=True)
    unsubscribed.delete()
    left.delete()
    # The history would keep the address.
    with write_without_history():
        suppressed.delete()


def _clear_deliveries(keys: set[str], which: str, parameters: list[Any]) -> None:
    """`which` are the rows of mailings_delivery among those with these addresses, as a condition on `d`."""
    digests = [build_digest(key) for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(CLEARED.format(which=which), [list(keys), digests, *parameters])


def _build_forgotten_address(row: Any, reason: str, list_id: int | None = None) -> ForgottenAddress:
    return ForgottenAddress(digest=build_digest(row.email_key), reason=reason, list_id=list_id, at=row.at)


def _restore_addresses(keys: set[str]) -> int:
    """Returns how many were readable again."""
    by_digest = build_possible_digests(keys)
    found = list(ForgottenAddress.objects.filter(digest__in=list(by_digest)))
    for row in found:
        key = by_digest[row.digest]
        if row.reason != UNSUBSCRIBED:
            suppressed = Suppression(address=key, email_key=key, reason=row.reason, at=row.at)
            with write_without_history():
                Suppression.objects.bulk_create([suppressed], ignore_conflicts=True)
        elif row.list_id:
            left = ListUnsubscribe(list_id=row.list_id, email_key=key, at=row.at)
            ListUnsubscribe.objects.bulk_create([left], ignore_conflicts=True)
        else:
            gone = Unsubscribe(email_key=key, at=row.at)
            Unsubscribe.objects.bulk_create([gone], ignore_conflicts=True)
    ForgottenAddress.objects.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)
