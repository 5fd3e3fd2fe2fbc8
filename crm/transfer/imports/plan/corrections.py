"""The user's corrections and choices on the preview page: cells, values of a whole column, duplicates, conflicts."""

import re
from collections import defaultdict
from typing import Any

from django.http import QueryDict

from crm.models import Import, ImportRow, PlannedRow
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.error_groups import correct_cells, parse_answers
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.import_options import DUPLICATE_CHOICES, REPEATED_CHOICES, ImportOptions

FIX = re.compile(r"fix_(\d{1,7})_(\d{1,3})")
TAKE = re.compile(r"take_(\d{1,7})_(\w{1,40})")
CHOICE = re.compile(r"choice_(\d{1,7})")
CHOICES = {value for value, _label in [*DUPLICATE_CHOICES, *REPEATED_CHOICES]}
LONGEST = 50_000


class Answers:
    """The answers in a submitted page. `keep` saves those that differ from the stored ones; `touched` then contains the
    rows they affect, None for all rows."""

    def __init__(self, imported: Import, data: QueryDict) -> None:
        self.imported, self.data = imported, data
        self.fixes: dict[int, dict[str, str]] = defaultdict(dict)
        self.takes: dict[int, dict[str, bool]] = defaultdict(dict)
        self.choices: dict[int, str] = {}
        self.touched: list[int] | None = []
        for name, value in data.items():
            value = str(value).replace("\0", "").replace("\r\n", "\n")[:LONGEST]
            if found := FIX.fullmatch(name):
                if int(found[2]) < len(imported.columns):
                    self.fixes[int(found[1])][found[2]] = value
            elif found := TAKE.fullmatch(name):
                self.takes[int(found[1])][found[2]] = value == "file"
            elif (found := CHOICE.fullmatch(name)) and value in CHOICES:
                self.choices[int(found[1])] = value

    def save(self) -> bool:
        """Save the answers. Returns whether anything changed, so that the file has to be rechecked."""
        rows, others = self._save_row_answers(), self._save_choice_for_all()
        self.touched = None if others is None else [*rows, *others]
        return self.touched != []

    def _save_row_answers(self) -> list[int]:
        numbers = list({*self.fixes, *self.takes, *self.choices})
        shown = self._get_shown_choices(numbers)
        changed = []
        for row in ImportRow.objects.filter(of=self.imported).numbered(numbers):
            before = (dict(row.fixes), list(row.takes), row.choice)
            for place, text in self.fixes[row.row].items():
                if text != row.get_text(int(place)).replace("\r\n", "\n"):
                    row.fixes[place] = text
            for name, takes in self.takes[row.row].items():
                row.takes = sorted({*row.takes, name} if takes else {*row.takes} - {name})
            if row.row in self.choices and self.choices[row.row] != shown.get(row.row):
                row.choice = self.choices[row.row]
            if before != (row.fixes, row.takes, row.choice):
                changed.append(row)
        ImportRow.objects.bulk_update(changed, ["fixes", "takes", "choice"])
        return [row.row for row in changed]

    def _get_shown_choices(self, numbers: list[int]) -> dict[int, str]:
        planned = PlannedRow.objects.filter(of=self.imported).numbered(numbers)
        return dict(planned.values_list("row", "choice"))

    def _save_choice_for_all(self) -> list[int] | None:
        """One choice for all duplicates; it replaces the choices for single rows."""
        options: dict[str, Any] = dict(self.imported.options)
        for name, allowed in (("duplicates", DUPLICATE_CHOICES), ("repeated", REPEATED_CHOICES)):
            value = self.data.get(f"all_{name}", "")
            if value in {choice for choice, _label in allowed}:
                options[name] = value
                rows = PlannedRow.objects.filter(of=self.imported).duplicates(in_file=name == "repeated")
                for by_id, choice in ((False, ""), (True, value)):
                    # The choice for all doesn't apply to rows with a lead ID, but they are among these rows now.
                    numbers = list(rows.found_by_id(by_id).values_list("row", flat=True))
                    ImportRow.objects.filter(of=self.imported).numbered(numbers).update(choice=choice)
                self.imported.options = vars(ImportOptions(**options)).copy()
                self.imported.save(update_fields=["options"])
                return None
        if self._save_default():
            return None
        return self._save_group_corrections()

    def _save_default(self) -> bool:
        """The value for empty cells of a field in all rows, offered when many rows lack it."""
        name, value = self.data.get("default", ""), self.data.get("default_value", "")
        kind = KINDS[self.imported.table]
        rules = get_rules_class(kind)(kind, self.imported.user)
        offered = {str(choice) for choice, _label in rules.choices.get(name, []) if choice}
        if name not in rules.defaults or value not in offered:
            return False
        is_row = kind.model._meta.get_field(name).is_relation
        self.imported.options["defaults"] |= {name: int(value) if is_row else value}
        self.imported.save(update_fields=["options"])
        return True

    def _save_group_corrections(self) -> list[int]:
        """One answer for each group of errors."""
        answers = (
            list(parse_answers(self.data, len(self.imported.columns))) if self.data.get("replace") else []
        )
        return correct_cells(self.imported, answers) if answers else []
