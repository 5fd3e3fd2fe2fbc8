"""When the base currency may change: as long as no amount is stored that is in it or was converted into it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class StoredAmounts:
    """`rows` are those with an amount, and `label` says what they are, such as "leads with a value"."""

    label: str | Promise
    rows: Callable[[], Any]


# Each app adds its own.
AMOUNTS: list[StoredAmounts] = []
# What follows from a new base currency, given its code.
FOLLOWERS: list[Callable[[str], None]] = []


def lock_amounts() -> None:
    """Whoever writes amounts waits until the end of this transaction, and this waits for those who are writing."""
    tables = sorted({amounts.rows().model._meta.db_table for amounts in AMOUNTS})
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")


def get_stored_amounts() -> list[StoredAmounts]:
    return [amounts for amounts in AMOUNTS if amounts.rows().exists()]


def describe_obstacle(found: Sequence[StoredAmounts], currency: str) -> str:
    """Why the base currency can't change, and what to do; '' without amounts."""
    if not found:
        return ""
    names = get_text_list([str(amounts.label) for amounts in found], _("and"))
    words = _(
        "%(currency)s can’t be changed, because there are amounts already: %(amounts)s. Delete them permanently first, or keep "
        "%(currency)s and add exchange rates."
    )
    return words % {"currency": currency, "amounts": names}


def follow_base_currency(currency: str) -> None:
    for follow in FOLLOWERS:
        follow(currency)
