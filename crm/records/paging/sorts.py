"""The orders of a list, by column name. An index serves each one (crm/records/paging/keyset_pages.py)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Subquery, Value
from django.db.models.functions import Coalesce

from crm.fields.custom.values.field_registry import get_custom_field, get_custom_fields, is_sorted
from crm.fields.models.custom_field import is_key
from crm.fields.sort_segments import ColumnSort, Sort
from crm.fields.types.field_type import get_field_type
from crm.models import Job

# All records of an import have the start time of its job, and are invisible until it commits: passing 100,000 of them
# would make each first page take three times as long.
_ARRIVING = Job.objects.running().filter(kind="import_apply").order_by("started_at").values("started_at")[:1]
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
BY_AGE = ColumnSort(
    "created_at", prefixes=("department_id", "owner_id", ""), gap=Coalesce(Subquery(_ARRIVING), Value(_FAR))
)

# No index has this order, because every edit would write it: all matches are collected and sorted. So only a list with a condition
# that says since when takes it (docs/decisions/change_feed.md).
CHANGED = "updated_at"
BY_CHANGE = ColumnSort(CHANGED, prefixes=())


class Sorts:
    """`names` sort by their field types; `special` are the others, or functions that create them on request. All record types
    have the order of the last change too.

    Those in `turned` run in the opposite direction: the longest time in a status has the earliest date.
    """

    def __init__(
        self,
        model: type[Model],
        names: Iterable[str],
        special: Mapping[str, Sort | Callable[[], Sort]],
        *,
        default: str = "-created_at",
        turned: Iterable[str] = (),
    ) -> None:
        self.model, self.default, self.turned = model, default, set(turned)
        self.special = {CHANGED: BY_CHANGE, **special}
        self.own = {*names, *self.special}

    def get_names(self, user: Any = None) -> set[str]:
        """What a user can sort by."""
        custom: list[Any] = get_custom_fields(self.model.table, user)  # type: ignore[attr-defined]
        return self.own | {field.name for field in custom if is_sorted(field)}

    def has_sort(self, name: str, user: Any = None) -> bool:
        return name in self.own or (is_key(name) and name in self.get_names(user))

    def read(self, text: str | None, user: Any = None) -> tuple[str, bool]:
        """ "-name" as ("name", True). Names outside the allow-list become the default."""
        asked = text if text and self.has_sort(text.removeprefix("-"), user) else self.default
        return asked.removeprefix("-"), asked.startswith("-")

    def get_sort(self, name: str) -> Sort:
        found = self.special.get(name)
        if found is None:
            table = self.model.table  # type: ignore[attr-defined]
            field: Any = get_custom_field(table, name) or self.model._meta.get_field(name)
            found = get_field_type(field).build_sort(field)
        if found is None:
            raise LookupError(f"No sort by {name}: its type has none.")
        return found if isinstance(found, Sort) else found()
