"""The result of one row: a new activity, changes of one that exists, or errors."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.widgets.value_widgets import normalize_text
from crm.transfer.imports.check.cell_cleaning import Cell
from crm.transfer.imports.check.import_rules import Errors
from crm.transfer.imports.check.row_judgment import is_same_cell_value
from crm.work.activities.requirements import get_missing_fields, get_unused_fields, in_future
from crm.work.activities.sheet import EDITED, WRITTEN
from crm.work.models.activity import LONGEST_TEXT, Activity

Type = Activity.Type
EMPTY: dict[str, Any] = {"text": "", "outcome": "", "minutes": None, "at": None}


@dataclass
class ActivityJudgment:
    """`values` to write, by field; `conflicts` {field: current value}, whichever value wins."""

    values: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)
    errors: Errors = field(default_factory=list)


class Judge:
    """`empties` says that an empty cell clears the field of an activity that exists."""

    # What an empty cell means, by field, and the fields that none clears.
    empty: ClassVar[dict[str, Any]] = EMPTY
    never_empty: ClassVar[tuple[str, ...]] = ("at",)

    def __init__(self, *, empties: bool) -> None:
        self.empties = empties

    def new(self, cells: dict[str, Cell]) -> ActivityJudgment:
        judged = ActivityJudgment()
        for name in ("type", *EDITED):
            cell = cells.get(name, Cell("", empty=True))
            if cell.error:
                judged.errors.append((name, cell.error))
            judged.values[name] = EMPTY.get(name, "") if cell.empty or cell.clears else cell.value
        if author := cells.get("author"):
            judged.values["author"] = author.value
        values = judged.values
        values["type"] = values["type"] or Type.NOTE
        if values["type"] not in WRITTEN:
            judged.errors.append(
                ("type", _("Enter note, call or meeting. Emails and files can’t be imported."))
            )
        if not judged.errors:
            self._check(judged, values["type"], values, EDITED)
        return judged

    def known(
        self, cells: dict[str, Cell], activity: Activity, base: dict[str, Any] | None, takes: Collection[str]
    ) -> ActivityJudgment:
        """What the row changes. `base` has the values that have changed since the file was made (None if the file has no
        version), `takes` are fields where the file overrides a newer edit."""
        judged = ActivityJudgment()
        kind = cells.get("type", Cell("", empty=True))
        if kind.error:
            judged.errors.append(("type", kind.error))
        elif not kind.empty and kind.value != activity.type:
            judged.errors.append(("type", _("The type of an activity can’t be changed.")))
        for name in EDITED:
            if name in cells:
                self._compare(judged, name, cells[name], getattr(activity, name), base, takes)
        if judged.values and not judged.errors:
            now = {name: getattr(activity, name) for name in EDITED}
            self._check(judged, activity.type, now | judged.values, judged.values)
        if activity.is_planned and (moved := {"at", "minutes"} & set(judged.values)):
            # Those invited are to be told.
            judged.errors.append((min(moved), _("Move a planned meeting on its page.")))
        return judged

    def _compare(
        self, judged: ActivityJudgment, name: str, cell: Cell, now: Any, base, takes: Collection[str]
    ) -> None:
        if (cell.error or cell.written) and (cell.written or cell.shown) == normalize_text(str(now)):
            # As exported: the user didn't touch the cell.
            return
        if cell.error:
            judged.errors.append((name, cell.error))
            return
        if cell.empty or cell.clears:
            if name in self.never_empty or not (cell.clears or (self.empties and base is not None)):
                return
            value = self.empty[name]
        else:
            value = cell.value
        if is_same_value(now, value):
            return
        if base and name in base:
            if is_same_value(base[name], value):
                return
            judged.conflicts[name] = now
            if name not in takes:
                return
        judged.values[name] = value

    def _check(
        self, judged: ActivityJudgment, kind: str, values: dict[str, Any], entered: Collection[str]
    ) -> None:
        """The rules of the form. It ignores fields that the type doesn't have; here the user should know."""
        judged.errors += get_missing_fields(kind, values)
        none = get_unused_fields(kind)
        if "outcome" in entered and "outcome" in none and values["outcome"]:
            judged.errors.append(("outcome", _("Only calls have an outcome.")))
        elif "outcome" in entered and values["outcome"] not in ("", *Activity.Outcome.values):
            judged.errors.append(("outcome", _("Calls don’t have this outcome.")))
        if "minutes" in entered and values["minutes"] is not None:
            self._check_minutes(judged, values["minutes"], none)
        if len(values["text"]) > LONGEST_TEXT:
            judged.errors.append(("text", _("Enter at most %(most)s characters.") % {"most": LONGEST_TEXT}))
        if "at" in entered and (sentence := in_future(values["at"])):
            judged.errors.append(("at", sentence))

    def _check_minutes(self, judged: ActivityJudgment, minutes: Any, none: dict[str, Any]) -> None:
        if "minutes" in none:
            judged.errors.append(("minutes", _("Only calls and meetings have minutes.")))
        elif minutes % 1:
            judged.errors.append(("minutes", _("Enter a whole number.")))
        else:
            judged.values["minutes"] = int(minutes)


def is_same_value(now: Any, value: Any) -> bool:
    """Whether a stored value is the cell's value. A cell has no fractions of a second, and no time zone: an hour that is there
    twice when summer time ends is the same in it."""
    if isinstance(now, datetime) and isinstance(value, datetime):
        apart = at_second(now) - at_second(value)
        return abs(apart.total_seconds()) < 2
    return is_same_cell_value(now, value)


def at_second(at: datetime) -> datetime:
    """The local time without fractions of a second."""
    return timezone.localtime(at).replace(microsecond=0, tzinfo=None)
