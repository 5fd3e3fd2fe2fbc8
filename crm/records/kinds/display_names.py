"""The display name of a person's record: its own name, or else the first known detail. In Python and in SQL, from one
list."""

from dataclasses import dataclass
from typing import Any

from crm.records.kinds.erased_persons import get_displayed_name


@dataclass(frozen=True)
class PersonNames:
    """`instead` are the fields that replace a missing name, in this order."""

    instead: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return ("first_name", "last_name", *self.instead)

    def format_name(self, values: Any) -> str:
        """For a record, or for the fields of a future one as {field: text}."""
        read = values.get if isinstance(values, dict) else lambda name: getattr(values, name)
        own = format_full_name(read("first_name") or "", read("last_name") or "")
        return get_displayed_name(own) or next(
            (text for name in self.instead if (text := read(name) or "")), ""
        )

    def name_sql(self, row: str) -> str:
        """The same for the table row that is called `row` in SQL."""
        own = f"btrim({row}.first_name || ' ' || {row}.last_name)"
        first, *others = (
            f"nullif({text}, '')" for text in (own, *(f"{row}.{name}" for name in self.instead))
        )
        return f"coalesce({', '.join([first, *others])}, '')"


def format_full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()
