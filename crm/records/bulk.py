"""Bulk actions: what can be done to selected rows, its small form, its verb, and the frozen set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, QuerySet, Value
from django.utils.functional import Promise

from crm.models import FrozenSet
from crm.models.record import Record
from crm.records.change import Verb
from crm.web.forms import Form
from crm.web.ids import ids_of

# More rows than this are changed by a job, with progress and cancel.
ROWS_AT_ONCE = 3_000


@dataclass(frozen=True)
class Action:
    """A bulk action. `verb` makes the verb from the cleaned form and the user; `right` is what it does to one record.

    `front` actions have a button of their own in the bulk bar, the others are in its menu; `in_trash` ones are for
    deleted records only.
    """

    name: str
    label: str | Promise
    icon: str
    right: str
    form: type[Form]
    verb: Callable[[dict[str, Any], Any], Verb]
    front: bool = False
    dangerous: bool = False
    in_trash: bool = False
    # Whether it makes sense at present, whoever asks.
    makes_sense: Callable[[], bool] = lambda: True

    def allowed(self, user, model: type[Record]) -> bool:
        """The right for what it does to one record, and the right to change many at once."""
        return user.has_perms([model.right(self.right), model.right("bulk")]) and self.makes_sense()

    def rows(self, user, model: Any) -> QuerySet:
        rows = model.objects.in_trash() if self.in_trash else model.objects.present()
        return rows.changeable_by(user)


class NoForm(Form):
    """For actions that only have to be confirmed."""

    def __init__(self, *arguments, user=None, **keywords) -> None:
        super().__init__(*arguments, **keywords)


def freeze(user, table: str, ids: list[int], query: str) -> FrozenSet:
    """Keep exactly these ids for a day. `query` is the address of the filter that found them, '' for selected rows."""
    FrozenSet.objects.filter(user=user).expired().delete()
    ids = sorted(set(ids))
    return FrozenSet.objects.create(user=user, table=table, ids=ids, count=len(ids), query=query)


def freeze_all(user, rows: QuerySet, query: str) -> FrozenSet:
    """The same of all these rows. Their ids stay in the database: 400,000 of them took 150 MB on the way through Python."""
    found = freeze(user, rows.model.table, [], query)
    own = FrozenSet.objects.filter(pk=found.pk)
    own.update(ids=ArraySubquery(rows.order_by("pk").values("pk")))
    own.update(count=Func("ids", function="cardinality"))
    return own.defer("ids").get()


def selected(texts: list[str], model: Any, user) -> list[int]:
    """The ids among posted texts that are records the user sees; anything else is left out."""
    rows = model.objects.filter(pk__any=ids_of(texts)).visible_to(user)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def out_of_sight(verb: Verb, ids: list[int], model: Any, user) -> int:
    """How many of these records the user will no longer see once the verb is carried out: it moves them elsewhere."""
    if "department" not in verb.values() or user.sees_everything:
        return 0
    department = verb.values()["department"]
    if not hasattr(department, "resolve_expression"):
        department = Value(department.pk)
    moved = model.objects.filter(pk__any=ids, shared=False).annotate(next_department=department)
    return moved.exclude(next_department__in=user.department_ids).count()
