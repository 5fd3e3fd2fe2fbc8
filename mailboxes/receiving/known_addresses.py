"""Which of many addresses are known to a user: leads, contacts, and the senders of requests that are linked to one.

Only records that the user sees count. So no email leads to a record that its reader can't open.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Value

from accounts.models import User
from crm.platform.text.text_folding import fold_texts
from crm.records.kinds.kind_registry import KINDS
from customers.models import Contact, Request
from leads.models import Lead
from mailboxes.receiving.record_lookup import (
    CLIENT,
    CONTACT,
    OF_REQUEST,
    OPEN_LEAD,
    RecordId,
    get_nearest_records,
)

COLUMNS = ("match_rank", "match_table", "match_record", "match_key")


def find_known_records(user: User, addresses: Iterable[str]) -> dict[str, list[RecordId]]:
    """The records of each known address, all in one query: open leads and contacts, or else leads that have become clients,
    or the records of requests."""
    keys = fold_texts(filter(None, addresses), function="leadwell_fold_email", length=254)
    wanted = set(keys.values()) - {""}
    parts = list(_iterate_querysets(user, wanted)) if wanted else []
    if not parts:
        return {}
    found: dict[str, list[tuple[int, RecordId]]] = {}
    for rank, table, pk, key in parts[0].union(*parts[1:], all=True):
        found.setdefault(key, []).append((rank, (table, pk)))
    return {address: get_nearest_records(found[key]) for address, key in keys.items() if key in found}


def _iterate_querysets(user: User, wanted: set[str]) -> Iterable[Any]:
    own: Any = {
        model: model._default_manager.present().visible_to(user)
        for model in (Lead, Contact, Request)
        if user.has_perm(KINDS[model.table].get_right("view"))
    }
    if Lead in own:
        leads = own[Lead].with_emails(wanted)
        yield _select_match_columns(leads.not_converted(), OPEN_LEAD, Lead, "email_key")
        yield _select_match_columns(leads, CLIENT, Lead, "email_key")
    if Contact in own:
        for column in ("email_key", "second_email_key"):
            yield _select_match_columns(
                own[Contact].filter(**{f"{column}__in": wanted}), CONTACT, Contact, column
            )
    if Request in own:
        rows = own[Request].filter(email_key__in=wanted)
        for name, model in (("lead", Lead), ("contact", Contact)):
            if model in own:
                linked = rows.filter(**{f"{name}__in": own[model].order_by().values("pk")})
                yield _select_match_columns(linked, OF_REQUEST, model, "email_key", record=name)


def _select_match_columns(rows: Any, rank: int, model: Any, column: str, record: str = "pk") -> Any:
    return (
        rows.order_by()
        .annotate(
            match_rank=Value(rank),
            match_table=Value(model.table),
            match_record=F(record),
            match_key=F(column),
        )
        .values_list(*COLUMNS)
    )
