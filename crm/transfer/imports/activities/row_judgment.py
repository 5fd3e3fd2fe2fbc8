"""The result of one row: a new activity, changes of one that exists, or errors."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.cell_comparison import RowJudgment
from crm.transfer.imports.work.work_judgment import WorkJudge
from crm.work.activities.requirements import (
    get_future_error,
    get_missing_fields,
    get_outcome_error,
    get_unused_fields,
)
from crm.work.activities.sheet_columns import EDITABLE_FIELDS, IMPORTED_TYPES
from crm.work.models.activity import LONGEST_TEXT, Activity

Type = Activity.Type
FIRST = {"type": Type.NOTE, "text": "", "outcome": "", "minutes": None, "at": None}


class ActivityJudge(WorkJudge):
    first = FIRST
    never_empty = ("at",)

    def judge_new(self, cells):
        judged = self.read_new(cells, ("type", *EDITABLE_FIELDS))
        if author := cells.get("author"):
            judged.values["author"] = author.value
        values = judged.values
        values["type"] = values["type"] or Type.NOTE
        if values["type"] not in IMPORTED_TYPES:
            judged.errors.append(
                ("type", _("Enter note, call or meeting. Emails and files can’t be imported."))
            )
        if not judged.errors:
            self._check(judged, values["type"], values, EDITABLE_FIELDS)
        return judged

    def judge_existing(self, cells, row, base, takes):
        judged = RowJudgment()
        kind = cells.get("type", CleanedCell("", empty=True))
        judged.unknown += [("type", text) for text in kind.unknown]
        if kind.error:
            judged.errors.append(("type", kind.error))
        elif not kind.empty and kind.value != row.type:
            judged.errors.append(("type", _("The type of an activity can’t be changed.")))
        for name in EDITABLE_FIELDS:
            if name in cells:
                self.compare(judged, name, cells[name], getattr(row, name), base, takes)
        if judged.values and not judged.errors:
            now = {name: getattr(row, name) for name in EDITABLE_FIELDS}
            self._check(judged, row.type, now | judged.values, judged.values)
        if row.is_planned and (moved := {"at", "minutes"} & set(judged.values)):
            # Those invited are to be told.
            judged.errors.append((min(moved), _("Move a planned meeting on its page.")))
        if row.is_planned and judged.values.get("outcome") == "":
            judged.errors.append(("outcome", _("A planned meeting is held once it is over.")))
        return judged

    def _check(
        self, judged: RowJudgment, kind: str, values: dict[str, Any], entered: Collection[str]
    ) -> None:
        """The rules of the form. It ignores fields that the type doesn't have; here the user should know."""
        judged.errors += get_missing_fields(kind, values)
        none = get_unused_fields(kind)
        if "outcome" in entered and (sentence := get_outcome_error(kind, values["outcome"], values["at"])):
            judged.errors.append(("outcome", sentence))
        if "minutes" in entered and values["minutes"] is not None:
            self._check_minutes(judged, values["minutes"], none)
        if len(values["text"]) > LONGEST_TEXT:
            judged.errors.append(("text", _("Enter at most %(most)s characters.") % {"most": LONGEST_TEXT}))
        if "at" in entered and (sentence := get_future_error(values["at"])):
            judged.errors.append(("at", sentence))

    def _check_minutes(self, judged: RowJudgment, minutes: Any, none: dict[str, Any]) -> None:
        if "minutes" in none:
            judged.errors.append(("minutes", _("Only calls and meetings have minutes.")))
        elif minutes % 1:
            judged.errors.append(("minutes", _("Enter a whole number.")))
        else:
            judged.values["minutes"] = int(minutes)
