"""Lists on a record's page that aren't records of a kind, such as employments; crm/records/kinds/linked_records.py has those that are.

An area adds one with one function, in COMPANY_LISTS, CONTACT_LISTS or DEAL_LISTS: it gets the record and the user and returns a PageList,
or None if the user may not see it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.models import User

FIRST = 10
Text = str | Promise


@dataclass(frozen=True)
class ListLine:
    """`page` is where the name leads, '' for nowhere; `about` stands below it; `edit` is the address of its form, whose link says
    `edit_words`."""

    name: str
    page: str
    about: Sequence[str] = ()
    edit: str = ""
    edit_words: Text = ""


@dataclass(frozen=True)
class PageList:
    """`name` is its id on the page, `all` the address of the whole list if there are more, `add` that of the form for a new
    one, `empty` what the list says without any."""

    name: str
    title: Text
    lines: Sequence[ListLine]
    empty: Text
    all: str = ""
    all_words: Text = ""
    add: str = ""
    add_words: Text = ""


Maker = Callable[[Any, Any], PageList | None]
COMPANY_LISTS: list[Maker] = []
CONTACT_LISTS: list[Maker] = []
DEAL_LISTS: list[Maker] = []


def build_page_lists(makers: Sequence[Maker], record: Any, user: User) -> list[PageList]:
    return [found for make in makers if (found := make(record, user)) is not None]
