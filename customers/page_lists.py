"""The lists on a record's page: each shows the newest ten records that it is linked to, and leads to all of them.

A kind adds a list to the page of another one with one function, in COMPANY_LISTS or CONTACT_LISTS: it gets the record and the
user and returns a PageList, or None if the user may not see such records. `linked` makes the usual one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.functional import Promise

from crm.fields.links import named
from crm.records.kinds import Kind
from crm.records.listing import drawn

FIRST = 10
Text = str | Promise


@dataclass(frozen=True)
class Line:
    """`page` is where the name leads, '' for nowhere; `about` stands below it; `edit` is the address of its form."""

    name: str
    page: str
    about: Sequence[str] = ()
    edit: str = ""


@dataclass(frozen=True)
class PageList:
    """`name` is its id on the page, `all` the address of the whole list if there are more, `add` that of the form for a new
    one, `empty` what the list says without any."""

    name: str
    title: Text
    lines: Sequence[Line]
    empty: Text
    all: str = ""
    all_words: Text = ""
    add: str = ""
    add_words: Text = ""


Maker = Callable[[Any, Any], PageList | None]
COMPANY_LISTS: list[Maker] = []
CONTACT_LISTS: list[Maker] = []


def lists_of(makers: Sequence[Maker], record: Any, user: Any) -> list[PageList]:
    return [found for make in makers if (found := make(record, user)) is not None]


def linked(
    kind: Kind, field: str, record: Any, user: Any, *, about: Callable[[Any], Sequence[str]], **words: Text
) -> PageList | None:
    """The records of a kind whose link in this field leads to the record: the newest ones that the user sees.

    `about` returns what stands below a name, `words` are the texts of a PageList. The query only reads the columns in
    Drawing.every of the kind.
    """
    if not user.has_perm(kind.right("view")):
        return None
    rows = kind.model.objects.present().visible_to(user).filter(**{field: record})
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[: FIRST + 1])
    shown = drawn(kind, ids[:FIRST])
    may_add = user.has_perm(kind.right("add"))
    return PageList(
        name=f"{kind.urls}-by-{field}",
        lines=[
            Line(str(row), row.get_absolute_url(), [part for part in about(row) if part]) for row in shown
        ],
        all=f"{kind.list_url}?{field}.is={quote(named(record))}" if len(ids) > FIRST else "",
        add=f"{kind.url('new')}?{field}={record.pk}" if may_add else "",
        title=words["title"],
        empty=words["empty"],
        all_words=words["all_words"],
        add_words=words["add_words"],
    )
