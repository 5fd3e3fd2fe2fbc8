"""What else uses a record, such as assignment rules: named on the page that deletes, retires or deactivates the record.

Saved views are not among it (crm/records/listing/saved_view_replacement.py); the pages that need them ask for them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# So many of the rows are named.
NAMED = 20


@dataclass(frozen=True)
class Uses:
    """`sentence` says how many use the record and what happens to them, without its full stop. `rows` are their names, each with its URL or '', as
    far as the viewer may see them. With `refuses`, the record has to stay until they are changed."""

    sentence: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    refuses: bool = False


@dataclass(frozen=True)
class Requirement:
    """A planned change: new records of a type need a value in a field, in these departments (none are all). With a `status`,
    only those that enter it; with a `pipeline`, only those that start in its default status because none was chosen for them. A
    field that isn't saved yet has no name."""

    table: str
    name: str
    label: str
    departments: tuple[int, ...] = ()
    status: int | None = None
    pipeline: int | None = None


@dataclass(frozen=True)
class Retirement:
    """A planned change: this status or custom field is no longer offered."""

    of: Any


# An app adds its own: called with the record (or with a planned change of it) and the viewer.
FINDERS: list[Callable[[Any, Any], list[Uses]]] = []


def get_uses(record: Any, viewer: Any) -> list[Uses]:
    return [uses for found in FINDERS for uses in found(record, viewer)]


def build_uses(rows: Sequence[Any], sentence: str, names: Iterable[tuple[str, str]] = ()) -> list[Uses]:
    """One use by all these rows, or none without rows. `sentence` contains %(number)s. Rows without a name among `names` are out of
    the viewer's sight; with many, the first ones are named."""
    if not rows:
        return []
    named = list(names)[:NAMED]
    if named and (rest := len(rows) - len(named)):
        named.append((ngettext("and %(number)s more", "and %(number)s more", rest) % {"number": rest}, ""))
    return [Uses(sentence % {"number": len(rows)}, named)]


def build_uses_by_rules(rows: Sequence[Any], words: Any, viewer: Any, page: str) -> list[Uses]:
    """The same for rules of one model, each with its page, whose URL has this name, for those who may view such rules. `words` are those of
    ngettext_lazy by "number"."""
    if not rows:
        return []
    may_view = viewer.has_perm(rows[0].get_right("view"))
    named = [(one.label, reverse(page, args=[one.pk])) for one in rows if may_view]
    return build_uses(rows, words % {"number": len(rows)}, named)


def get_visible_rows(viewer: Any, rows: Iterable[Any], right: str) -> list[Any]:
    """Those that the viewer, who needs this permission, may see."""
    rows = list(rows)
    if not rows or not viewer.has_perm(right):
        return []
    visible = type(rows[0])._default_manager.visible_to(viewer).filter(pk__in=[row.pk for row in rows])
    seen = set(visible.values_list("pk", flat=True))
    return [row for row in rows if row.pk in seen]


def format_uses_as_text(uses: Iterable[Uses]) -> str:
    """Several uses as one text, without links."""
    return " ".join(_format_use_as_text(one) for one in uses)


def _format_use_as_text(use: Uses) -> str:
    if not use.rows:
        return f"{use.sentence}."
    return _("%(sentence)s: %(names)s.") % {
        "sentence": use.sentence,
        "names": ", ".join(label for label, _address in use.rows),
    }
