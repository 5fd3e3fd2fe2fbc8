"""The records with a phone number, for phone systems: looked up among the search words, then compared with their normalized
phones."""

from typing import Any

from django.db.models import Q
from django.http import QueryDict

from crm.fields.types.phones import get_phone_field_names
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.record_list import RecordList
from crm.records.listing.search.changeable_matches import may_view_and_change

MOST = 50


def build_phone_condition(kind: Kind, phone: str) -> Q:
    """For Kind.by_phone. Search finds all phones of a record, so none needs an index of its own."""
    same = Q(pk__in=[])
    for name in get_phone_field_names(kind.model):
        same |= Q(**{f"{name}_normal": phone})
    return kind.search.build_candidate_condition(phone) & same


def find_records_by_phone(phone: str, user: Any) -> list[tuple[Kind, int]]:
    """The kind and ID of each record with this normalized phone that the user may change: kinds in their order, open records
    first, the latest change first."""
    found = []
    for kind in KINDS.values():
        if kind.by_phone and may_view_and_change(kind, user):
            rows: Any = kind.model.objects.present()
            rows = rows.visible_to(user).changeable_by(user).filter(kind.by_phone(kind, phone))
            ids = list(rows.order_by("-updated_at", "-pk").values_list("pk", flat=True)[:MOST])
            still_open = get_open_ids(kind, ids, user)
            found += [(kind, pk) for pk in ids if pk in still_open]
            found += [(kind, pk) for pk in ids if pk not in still_open]
    return found


def get_open_ids(kind: Kind, ids: list[int], user: Any) -> set[int]:
    """Those that aren't closed; all of them if the kind has no closed ones."""
    if not kind.open_filter or len(ids) < 2:
        return set(ids)
    rows = RecordList(kind, QueryDict(kind.open_filter), user).rows
    return set(rows.filter(pk__any=ids).values_list("pk", flat=True))
