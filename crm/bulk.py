"""Our defaults for bulk actions: what can be done to ticked rows, its small form, its verb, and the frozen set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, QuerySet
from django.utils.functional import Promise

from crm.change import Verb
from crm.forms import Form
from crm.models import FrozenSet

# More rows than this are changed by a job, with progress and cancel.
ROWS_AT_ONCE = 3_000


@dataclass(frozen=True)
class Action:
    """A bulk action. `verb` makes the verb from the cleaned form and the user; `rows` are those that they may change.

    `front` actions have a button of their own in the bulk bar, the others stand in its menu.
    """

    name: str
    label: str | Promise
    icon: str
    permission: str
    form: type[Form]
    verb: Callable[[dict[str, Any], Any], Verb]
    rows: Callable[[Any], QuerySet]
    front: bool = False
    dangerous: bool = False
    in_bin: bool = False
    # A set that every such action needs beside its own: the right to change many at once.
    needs: str = "leads.bulk_lead"
    # Whether it makes sense at present, whoever asks.
    makes_sense: Callable[[], bool] = lambda: True

    def allowed(self, user) -> bool:
        may = user.has_perm(self.permission) and (not self.needs or user.has_perm(self.needs))
        return may and self.makes_sense()


class NoForm(Form):
    """For actions that need no more than to be confirmed."""

    def __init__(self, *arguments, user=None, **keywords) -> None:
        super().__init__(*arguments, **keywords)


def freeze(user, ids: list[int], query: str) -> FrozenSet:
    """Keep exactly these ids for a day. `query` is the address of the filter that found them, '' for ticked rows."""
    FrozenSet.objects.filter(user=user).expired().delete()
    return FrozenSet.objects.create(user=user, ids=sorted(set(ids)), count=len(set(ids)), query=query)


def freeze_all(user, rows: QuerySet, query: str) -> FrozenSet:
    """The same of all these rows. Their ids stay in the database: 400,000 of them took 150 MB on the way through Python."""
    found = freeze(user, [], query)
    own = FrozenSet.objects.filter(pk=found.pk)
    own.update(ids=ArraySubquery(rows.order_by("pk").values("pk")))
    own.update(count=Func("ids", function="cardinality"))
    return own.defer("ids").get()
