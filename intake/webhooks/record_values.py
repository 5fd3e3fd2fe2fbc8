"""The texts of a body become values of a record: cleaned and judged by the rules that imports have, field by field.

A value that its field doesn't accept is left out, and a problem says so. What is missing altogether keeps the record from
being added.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.unique.taken_values import get_holders_by_field
from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.types.field_type import EMPTY_VALUES
from crm.models import Import
from crm.records.kinds.excel_resource import RecordResource
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.check.cell_cleaning import CleanedCell, RowCleaner
from crm.transfer.imports.check.record_matching import Matcher, Recognition, are_different_people
from crm.transfer.imports.check.row_judgment import RowJudge
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import TO_DESCRIPTION
from crm.transfer.imports.columns.import_options import FILL, ImportOptions
from intake.webhooks.calling_program import CallingProgram
from intake.webhooks.known_programs import DELIVERY, LAST_PART, get_mappable_fields
from intake.webhooks.reasons import get_field_label

# How the record of the same person is found.
MATCH = "email_phone"
# What several paths together fill, each on a line.
LONG = ("description", "text", "address")
Problem = dict[str, str]


@dataclass
class JudgedValues:
    """`values` to write, by field; `problems` about values that were left out, and `missing` about what keeps the record
    from being added."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)


class BodyReading:
    """Reads bodies into values of one kind of record. `defaults` are what records get without a value, by field."""

    def __init__(self, kind: Kind, mapping: Mapping[str, str], defaults: Mapping[str, Any]) -> None:
        self.kind, self.program = kind, CallingProgram()
        self.mapping = {path: name for path, name in mapping.items() if name in get_mappable_fields(kind)}
        resource: Any = kind.resource
        self.resource: RecordResource = resource(kind, self.program)
        self.rules = get_rules_class(kind)(kind, self.program)
        options = ImportOptions(match=MATCH, duplicates=FILL, defaults=dict(defaults))
        self.judge = RowJudge(self.resource, self.rules, options)
        self.recognition = Recognition(self.rules, options)
        unsaved = Import(table=kind.name, mapping=[], decisions={}, sheets=[], blanks={})
        self.cleaner = RowCleaner(self.resource, unsaved)

    def read_cells(self, texts: Mapping[str, str]) -> tuple[dict[str, CleanedCell], list[str], list[Problem]]:
        """The cells by field, the lines of the description, and what was left out."""
        cells: dict[str, CleanedCell] = {}
        lines: list[str] = []
        problems: list[Problem] = []
        for name, path, text in self._get_mapped_texts(texts):
            if name == TO_DESCRIPTION:
                lines.append(f"{_get_last_part(path)}: {text}")
                continue
            cell = self.cleaner.clean_value(name, text, text)
            if not cell.error and (error := self._describe_too_long(name, cell.value)):
                cell = CleanedCell(text, error=error)
            if cell.error:
                problems.append(_build_problem("bad_value", name, path, text, cell.error))
            else:
                cells[name] = cell
        return cells, lines, problems

    def _get_mapped_texts(self, texts: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """Each mapped field with the path and the text that it gets; the first one counts, except in long texts."""
        found: dict[str, tuple[str, str, str]] = {}
        lines = []
        for path, text in texts.items():
            name = self.mapping.get(path, "")
            if name == TO_DESCRIPTION:
                lines.append((name, path, text))
            elif name in LONG and name in found:
                found[name] = (name, found[name][1], f"{found[name][2]}\n{text}")
            elif name and name != DELIVERY:
                found.setdefault(name, (name, path, text))
        return [*found.values(), *lines]

    def get_answers(self, texts: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is mapped as labels with texts, as it came."""
        return [
            (_get_last_part(path) if name == TO_DESCRIPTION else get_field_label(self.kind, name), text)
            for name, path, text in self._get_mapped_texts(texts)
        ]

    def _describe_too_long(self, name: str, value: Any) -> str:
        """What the database column would refuse."""
        model_field = {row.name: row for row in self.kind.model._meta.concrete_fields}.get(name)
        most = getattr(model_field, "max_length", None)
        if not most or not isinstance(value, str) or len(value) <= most:
            return ""
        return _("Enter at most %(most)s characters.") % {"most": most}

    def judge_new(self, texts: Mapping[str, str]) -> JudgedValues:
        """A record to add."""
        cells, lines, problems = self.read_cells(texts)
        judged = self.judge.judge_new(cells, lines)
        errors = list(judged.errors)
        # Optional values that a rule refuses are left out too, and the rest is judged again.
        wrong = [name for name, _sentence in errors if name in cells]
        if wrong:
            problems += [
                _build_problem("bad_value", name, self._find_path(name), cells[name].shown, sentence)
                for name, sentence in errors
                if name in cells
            ]
            judged = self.judge.judge_new(
                {name: cell for name, cell in cells.items() if name not in wrong}, lines
            )
            errors = list(judged.errors)
        values = judged.values
        problems += self._remove_taken_values(values)
        missing = [_build_problem("missing", name, "", "", sentence) for name, sentence in errors]
        return JudgedValues(values, problems, missing)

    def find_existing_record(self, texts: Mapping[str, str], department: int) -> dict[str, Any] | None:
        """The newest record with the same email or, if its email isn't another one, with the same phone."""
        cells, _lines, _problems = self.read_cells(texts)
        values = {name: cell.value for name, cell in cells.items()}
        matcher: Any = Matcher(self.recognition, self.resource, self.program, [*cells])
        (keys,) = self.recognition.build_keys([values], self.rules.get_country(department))
        found = matcher.find([keys])
        pk = found.by_email.get(keys.email) if keys.email else None
        if pk is None and keys.phone:
            pk = found.by_phone.get(keys.phone)
            email = self.rules.email
            if pk and are_different_people(values.get(email), found.records[pk].get(email)):
                return None
        return found.records[pk] if pk else None

    def judge_empty_fields(self, texts: Mapping[str, str], record: dict[str, Any]) -> JudgedValues:
        """The empty fields of an existing record that get a value."""
        cells, lines, problems = self.read_cells(texts)
        held = {name: value for name, value in cells.items() if name in record or name == "name"}
        judged = self.judge.judge_existing(held, record, lines, base=None, choice=FILL, takes=[])
        wrong = dict(judged.errors)
        problems += [
            _build_problem("bad_value", name, self._find_path(name), "", text) for name, text in wrong.items()
        ]
        values = {name: value for name, value in judged.values.items() if name not in wrong}
        return JudgedValues(values, problems + self._remove_taken_values(values, record["id"]))

    def _remove_taken_values(self, values: dict[str, Any], but: int | None = None) -> list[Problem]:
        """Leave out the values of unique fields that other records have."""
        custom = {name: value for name, value in values.items() if get_custom_field(self.kind.name, name)}
        found = get_holders_by_field(
            self.kind.name, {name: v for name, v in custom.items() if v not in EMPTY_VALUES}, but
        )
        return [
            _build_problem("value_taken", name, self._find_path(name), str(values.pop(name)), "")
            for name in found
        ]

    def _find_path(self, name: str) -> str:
        return next((path for path, mapped in self.mapping.items() if mapped == name), "")


def _build_problem(code: str, name: str, path: str, text: str, reason: str) -> Problem:
    found = {"code": code, "field": name, "path": path, "value": text[:200], "reason": reason}
    return {key: value for key, value in found.items() if value}


def _get_last_part(path: str) -> str:
    """The last part of a path, as the label of a line."""
    found = LAST_PART.search(path)
    return (found[1] if found else path).strip()
