"""Bulk actions on selected rows: the action, its small form, its verb, and the frozen set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, QuerySet, Value
from django.utils.functional import Promise

from crm.fields.models.record import Record
from crm.models import FrozenSet
from crm.platform.web.id_parsing import parse_ids
from crm.platform.web.rendering.form_rendering import Form
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import Verb

# A job with progress and cancel changes larger sets than this.
ROWS_AT_ONCE = 3_000


@dataclass(frozen=True, eq=False)
class BulkAction:
    """A bulk action. `verb` builds the verb from the cleaned form and the user; `right` is the permission it requires.

    `front` actions have their own button in the bulk bar, the others are in its menu. `in_trash` actions are only for
    deleted records.
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
    # Whether the menu offers it; a field that "Set a field" sets too only has an action for programs.
    in_menu: bool = True
    # Whether it sends something to the people of the records, now or later.
    sends: bool = False
    # Whether the action is available now, regardless of the user.
    makes_sense: Callable[[], bool] = lambda: True
    # Permissions for what else it changes.
    also: tuple[str, ...] = ()
    # Sentences of the preview about what else it changes, once the verb has judged.
    foretold: Callable[[Any, Outcome], list[str]] = lambda verb, outcome: []

    def is_allowed(self, user, model: type[Record]) -> bool:
        """The user has the permission for one record and the permission to change many at once."""
        return self.is_allowed_by(user.has_perm, model)

    def is_allowed_by(self, has_perm: Callable[[str], bool], model: type[Record]) -> bool:
        """The same for a user whose permissions are already looked up."""
        rights = (model.get_right(self.right), model.get_right("bulk"), *self.also)
        return all(map(has_perm, rights)) and self.makes_sense()

    def changeable_rows_queryset(self, user, model: Any) -> QuerySet:
        rows = model.objects.in_trash() if self.in_trash else model.objects.present()
        return rows.changeable_by(user)


class NoForm(Form):
    """For actions that only need a confirmation."""

    def __init__(self, *arguments, user=None, **keywords) -> None:
        super().__init__(*arguments, **keywords)


def freeze_set(user, table: str, ids: list[int], query: str) -> FrozenSet:
    """Keep exactly these ids for a day. `query` is the URL of the filter that found them, '' for selected rows."""
    FrozenSet.objects.filter(user=user).expired().delete()
    ids = sorted(set(ids))
    return FrozenSet.objects.create(user=user, table=table, ids=ids, count=len(ids), query=query)


def freeze_all(user, rows: QuerySet, query: str) -> FrozenSet:
    """The same for all these rows. The ids stay in the database: passing 400,000 through Python took 150 MB."""
    found = freeze_set(user, rows.model.table, [], query)
    own = FrozenSet.objects.filter(pk=found.pk)
    own.update(ids=ArraySubquery(rows.order_by("pk").values("pk")))
    own.update(count=Func("ids", function="cardinality"))
    return own.defer("ids").get()


def get_selected_ids(texts: list[str], model: Any, user) -> list[int]:
    """The ids among the submitted texts that are records visible to the user; all others are dropped."""
    rows = model.objects.filter(pk__any=parse_ids(texts)).visible_to(user)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def count_out_of_sight(verb: Verb, ids: list[int], model: Any, user) -> int:
    """How many of these records the user will no longer see after the verb moves them elsewhere."""
    if "department" not in verb.get_values() or user.sees_everything:
        return 0
    department = verb.get_values()["department"]
    if not hasattr(department, "resolve_expression"):
        department = Value(department.pk)
    moved = model.objects.filter(pk__any=ids, shared=False).annotate(next_department=department)
    return moved.exclude(next_department__in=user.department_ids).count()
