"""The records that are linked to one, listed on its page: the deals of a company, for example.

The app of the linking records registers them, so a page can list records of a layer above its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Value
from django.utils.text import capfirst

from crm.fields.custom.indexes.indexed_fields import indexed_values_queryset
from crm.fields.custom.links.incoming_links import IncomingLink, get_links_to_type
from crm.fields.custom.values.field_registry import is_edited_by, is_seen_by
from crm.fields.record_labels import get_record_label
from crm.platform.record_types import Text
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.record_list import get_records_for_page

FIRST = 10


@dataclass(frozen=True)
class Link:
    """Records of a type with a link in this field. Without any, the page only says so `if_empty`. The texts replace those of
    the kind."""

    kind: str
    field: str
    if_empty: bool = True
    title: Text = ""
    empty: Text = ""
    adds: Text = ""


# By the type of the linked record.
LINKS: dict[str, list[Link]] = {}


@dataclass(frozen=True)
class LinkedRecords:
    """The newest ones that the user sees, the address of all of them if there are more, and that of the form for a new one if
    the user may add one."""

    kind: Kind
    link: Link
    records: Sequence[Any]
    all: str
    new: str

    @property
    def name(self) -> str:
        """Its id on the page."""
        return f"linked-{self.link.kind}-{self.link.field}"

    @property
    def title(self) -> Any:
        return self.link.title or capfirst(str(self.kind.words.many))

    @property
    def adds(self) -> Text:
        return self.link.adds or self.kind.words.new

    @property
    def template(self) -> list[str]:
        return [f"{self.kind.urls}/_linked.html", "records/_linked.html"]


def get_linked_lists(record: Any, user: Any) -> list[LinkedRecords]:
    """One list for each registered link to records of this type."""
    links = LINKS.get(record.table, [])
    found = [
        (link, _get_linked_list(link, record, user))
        for link in links
        if user.has_perm(_get_right(link, "view"))
    ]
    own = [each for link, each in found if each.records or link.if_empty]
    return own + _get_custom_lists(record, user)


def _get_linked_list(link: Link, record: Any, user: Any) -> LinkedRecords:
    kind = KINDS[link.kind]
    rows: Any = kind.model._default_manager
    rows = rows.present().visible_to(user).filter(**{link.field: record.pk}).order_by("-pk")
    ids = list(rows.values_list("pk", flat=True)[: FIRST + 1])
    found = get_records_for_page(kind, ids[:FIRST], kind.fields.PREVIEW)
    return LinkedRecords(
        kind, link, found, _get_list_url(link, record, ids), _get_form_url(link, record, user)
    )


def _get_list_url(link: Link, record: Any, ids: list[int]) -> str:
    """The list of all of them, if there are more than the page shows."""
    more = len(ids) > FIRST
    return f"{KINDS[link.kind].list_url}?{link.field}.is={quote(get_record_label(record))}" if more else ""


def _get_form_url(link: Link, record: Any, user: Any) -> str:
    may_add = record.deleted_at is None and user.has_perm(_get_right(link, "add"))
    return f"{KINDS[link.kind].get_url('new')}?{link.field}={record.pk}" if may_add else ""


def _get_custom_lists(record: Any, user: Any) -> list[LinkedRecords]:
    """One list for each custom link that has any: one query for the IDs of all of them, and one for the records of each type."""
    fields = {
        link.field.name: link
        for link in get_links_to_type(record.table)
        if not link.field.definition.retired
        if is_seen_by(link.field, user) and user.has_perm(link.model.get_right("view"))
    }
    ids = _get_ids_by_link(list(fields.values()), record, user)
    by_table: dict[str, set[int]] = {}
    for name, found in ids.items():
        by_table.setdefault(fields[name].model.table, set()).update(found[:FIRST])
    records = {
        (table, one.pk): one
        for table, found in by_table.items()
        for one in get_records_for_page(KINDS[table], sorted(found), KINDS[table].fields.PREVIEW)
    }
    lists = []
    for name, (model, field) in fields.items():
        if newest := ids.get(name):
            link = Link(model.table, name, title=field.definition.other_side_label)
            shown = [records[model.table, pk] for pk in newest[:FIRST] if (model.table, pk) in records]
            new = _get_form_url(link, record, user) if is_edited_by(field, user) else ""
            lists.append(
                LinkedRecords(KINDS[model.table], link, shown, _get_list_url(link, record, newest), new)
            )
    return lists


def _get_ids_by_link(links: list[IncomingLink], record: Any, user: Any) -> dict[str, list[int]]:
    """The newest records that the user sees behind each link, by its key, and one more than the page shows."""
    queries = []
    for model, field in links:
        linking = indexed_values_queryset(model, field.name).filter(**{field.name: record.pk})
        rows = model._default_manager.present().visible_to(user).filter(pk__in=linking.values("record_id"))
        named = rows.annotate(link=Value(field.name)).order_by("-pk")
        queries.append(named.values_list("link", "pk")[: FIRST + 1])
    found: dict[str, list[int]] = {}
    first, *others = queries or [None]
    for name, pk in first.union(*others, all=True) if first is not None else ():
        found.setdefault(name, []).append(pk)
    return {name: sorted(pks, reverse=True) for name, pks in found.items()}


def _get_right(link: Link, action: str) -> str:
    return KINDS[link.kind].get_right(action)
