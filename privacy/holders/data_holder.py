"""What a holder is: it knows one or several tables with personal data, says what they have of a person, and erases it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.encoding import force_str
from django.utils.text import capfirst

from accounts.models import User
from crm.fields.model_fields import KeyColumn, WordsColumn
from privacy.person import Person

# Says nothing to people: the order of changes, derived columns, keys.
UNTOLD = ("version", "mobile_normal", "phone_normal")


@dataclass(frozen=True)
class DataSection:
    """A part of what is stored about a person: rows of texts by label."""

    title: str
    rows: list[dict[str, str]]


@dataclass(frozen=True)
class DataHolder:
    """`models` are the tables it answers for, as "app.Model". `held` returns sections, `erase` the number of rows cleared."""

    models: tuple[str, ...]
    held: Callable[[Person, Any], Iterable[DataSection]]
    erase: Callable[[Person], int]
    # What the log of erasures calls the rows.
    name: str = ""
    also: tuple[str, ...] = field(default=())


def build_no_sections(person: Person, viewer: User) -> list[DataSection]:
    """For rows that are erased with the person, and say nothing more about them than others do."""
    return []


def build_section(rows: QuerySet, **more: Any) -> DataSection:
    """All columns of the rows that say something, by their labels."""
    title = capfirst(str(rows.model._meta.verbose_name_plural))
    return DataSection(more.get("title", title), [build_labelled_row(row) for row in rows])


def build_labelled_row(row: Model) -> dict[str, str]:
    """A row with its labels; empty values are left out."""
    found = {}
    for each in row._meta.local_concrete_fields:
        if isinstance(each, KeyColumn | WordsColumn) or each.name in UNTOLD or each.name.endswith("_key"):
            continue
        text = _get_column_text(row, each)
        if text not in ("", "[]", "{}"):
            found[str(capfirst(force_str(getattr(each, "verbose_name", each.name))))] = text
    return found


def _get_column_text(row: Model, each: Any) -> str:
    value = getattr(row, each.attname)
    if value is None or value == "":
        return ""
    if each.choices:
        return force_str(dict(each.flatchoices).get(value, value))
    if each.is_relation:
        related = each.related_model._base_manager.filter(pk=value).first()
        return f"{related}" if related else str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
