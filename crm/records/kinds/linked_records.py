"""The records that are linked to one, listed on its page: the deals of a company, for example.

The app of the linking records registers them, so a page can list records of a layer above its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.text import capfirst

from crm.fields.types.record_links import get_record_label
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
    return [each for link, each in found if each.records or link.if_empty]


def _get_linked_list(link: Link, record: Any, user: Any) -> LinkedRecords:
    kind = KINDS[link.kind]
    rows: Any = kind.model._default_manager
    rows = rows.present().visible_to(user).filter(**{link.field: record.pk}).order_by("-pk")
    ids = list(rows.values_list("pk", flat=True)[: FIRST + 1])
    all_of_them = (
        f"{kind.list_url}?{link.field}.is={quote(get_record_label(record))}" if len(ids) > FIRST else ""
    )
    may_add = record.deleted_at is None and user.has_perm(_get_right(link, "add"))
    new = f"{kind.get_url('new')}?{link.field}={record.pk}" if may_add else ""
    return LinkedRecords(
        kind, link, get_records_for_page(kind, ids[:FIRST], kind.fields.PREVIEW), all_of_them, new
    )


def _get_right(link: Link, action: str) -> str:
    return KINDS[link.kind].get_right(action)
