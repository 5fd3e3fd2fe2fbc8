"""The errors of a plan by group: each invalid text of a column with its number of rows, and one answer for all of them.

A row isn't lost for one bad cell: where the record can do without the value, the answer proposed is to leave the cell empty.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.http import QueryDict

from crm.fields.schemas import ID_AND_VERSION, WHOLE_NAME
from crm.models import Import, ImportRow, PlannedRow
from crm.platform.web.id_parsing import parse_number
from crm.transfer.imports.check.cell_cleaning import RowCleaner
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.file_columns import NEW_FIELD, TO_DESCRIPTION
from crm.transfer.imports.columns.import_options import ImportOptions
from crm.transfer.imports.columns.new_fields import build_planned_fields

# So many groups are listed; of each column, the other texts are one more group.
LISTED = 20
LONGEST = 50_000
# A longer text isn't a group of its own.
LONGEST_LISTED = 500
# What can be answered for a group, besides another value.
LEAVE_EMPTY, SKIP = "empty", "skip"
ERRORS = """
    SELECT (e->>0)::int AS place, coalesce(r.fixes->>(e->>0), r.cells->>((e->>0)::int), '') AS text,
           CASE WHEN r.fixes ? (e->>0) OR r.kinds = '' THEN 's' ELSE substr(r.kinds, (e->>0)::int + 1, 1) END AS kind,
           e->>1 AS sentence
    FROM crm_plannedrow p JOIN crm_importrow r ON r.of_id = p.of_id AND r."row" = p."row"
    CROSS JOIN LATERAL jsonb_array_elements(p.errors) e
    WHERE p.of_id = %s AND p.verdict = 'error' AND e->>0 IS NOT NULL"""


@dataclass(frozen=True)
class Mistake:
    """An invalid text of a column, or its `others`. `optional` says that the rows can be imported without it, `instead` is what
    new records then get, `options` the drop-down with values."""

    place: int
    heading: str
    text: str
    sentence: str
    count: int
    others: bool = False
    optional: bool = False
    instead: str = ""
    options: str = ""


def build_mistake_lists(imported: Import) -> dict[str, list[list]]:
    """`texts`: [place, text, kind, sentence, count], most frequent first; `columns`: [place, first and last sentence, count]. Kept
    with the plan, because a page can't count half a million errors."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT place, text, min(kind), min(sentence), count(*) FROM ({ERRORS}) each_one
                WHERE length(text) <= %s GROUP BY 1, 2 ORDER BY 5 DESC, 1, 2 LIMIT %s""",
            [imported.pk, LONGEST_LISTED, LISTED],
        )
        texts = [list(row) for row in cursor.fetchall()]
        cursor.execute(
            f"SELECT place, min(sentence), max(sentence), count(*) FROM ({ERRORS}) each_one GROUP BY 1 ORDER BY 1",
            [imported.pk],
        )
        return {"texts": texts, "columns": [list(row) for row in cursor.fetchall()]}


def build_error_groups(imported: Import, rules: ImportRules, offered: Sequence[str] = ()) -> list[Mistake]:
    """The groups, most frequent first; `offered` are the fields with a drop-down."""
    told = imported.counts.get("mistakes", {})
    groups = Groups(imported, rules, offered)
    made = [
        groups.build_mistake(place, sentence, count, text=text, kind=kind)
        for place, text, kind, sentence, count in told.get("texts", [])
    ]
    for place, sentence, last, total in told.get("columns", []):
        if left := total - sum(mistake.count for mistake in made if mistake.place == place):
            made.append(groups.build_mistake(place, sentence if sentence == last else "", left, others=True))
    return made


class Groups:
    """Says of each group what can be answered."""

    def __init__(self, imported: Import, rules: ImportRules, offered: Sequence[str]) -> None:
        self.imported, self.rules, self.offered = imported, rules, offered

    def build_mistake(
        self, place: int, sentence: str, count: int, *, text: str = "", kind: str = "s", others: bool = False
    ) -> Mistake:
        name = self.imported.mapping[place]
        return Mistake(
            place,
            self.imported.get_heading(place),
            text,
            sentence,
            count,
            others,
            optional=bool(text or others) and self._is_optional(name, kind, text),
            instead=describe_default(self.rules, name, self.imported.defaults),
            options=f"known-{name}" if name in self.offered else "",
        )

    def _is_optional(self, name: str, kind: str, text: str) -> bool:
        """A default takes the place of a value that can't be read, not of one that breaks a rule: a lost deal without a reason
        would be an open one."""
        if not can_be_empty(self.rules, name, self.imported.defaults):
            return False
        return name not in self.rules.never_empty or (bool(text) and self._is_unreadable(name, kind, text))

    def _is_unreadable(self, name: str, kind: str, text: str) -> bool:
        return bool(self._cleaner.clean_cell(name, kind or "s", text).error)

    @cached_property
    def _cleaner(self) -> RowCleaner:
        imported, kind = self.imported, self.rules.kind
        reading = ImportOptions.from_import(imported).reading
        return RowCleaner(
            kind.resource(kind, self.rules.user, more=build_planned_fields(imported), **reading), imported
        )


def can_be_empty(rules: ImportRules, name: str, defaults: Mapping[str, Any]) -> bool:
    """Whether a row can be imported with an empty cell in a column with this target."""
    if name in ("", TO_DESCRIPTION, WHOLE_NAME, *ID_AND_VERSION):
        return False
    return name.startswith(NEW_FIELD) or rules.can_be_empty(name, defaults)


def describe_default(rules: ImportRules, name: str, defaults: Mapping[str, Any]) -> str:
    """What a new record gets if its cell is empty; '' for nothing."""
    chosen = str(defaults.get(name) or "") if name in rules.defaults else ""
    offered = rules.choices.get(name, []) if chosen else []
    return next((str(label) for value, label in offered if value and str(value) == chosen), "")


@dataclass(frozen=True)
class CellAnswer:
    """What the cells of a group become: a text, '' for an empty cell."""

    place: int
    text: str
    others: bool
    becomes: str
    # An empty cell is an answer to an error; another cell of the same text may be right.
    only_errors: bool


def parse_answers(data: QueryDict, columns: int) -> Iterator[CellAnswer]:
    """The answers that a page sends as parallel lists; those to skip the rows change nothing. A typed value counts, whatever is
    chosen."""
    places, texts = data.getlist("replace_place"), data.getlist("replace_old")
    others, chosen = data.getlist("replace_others"), data.getlist("replace_answer")
    typed = data.getlist("replace_new")
    for number, place in enumerate(places):
        at = parse_number(place, most=columns - 1)
        answer, value = _get_or_empty(chosen, number), _clean_answer(_get_or_empty(typed, number))
        if at is None or number >= len(texts) or (answer == SKIP and not value):
            continue
        yield CellAnswer(
            at,
            _clean_answer(texts[number]),
            bool(_get_or_empty(others, number)),
            value,
            only_errors=answer == LEAVE_EMPTY,
        )


def _get_or_empty(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _clean_answer(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n")[:LONGEST]


def correct_cells(imported: Import, answers: Sequence[CellAnswer]) -> list[int]:
    """Correct the cells of all rows with errors accordingly. Returns the rows."""
    wrong = PlannedRow.objects.filter(of=imported).with_verdict(PlannedRow.Verdict.ERROR)
    places = {
        row: {place for place, _sentence in errors} for row, errors in wrong.values_list("row", "errors")
    }
    corrected = _build_correction_function(answers)
    changed = []
    for row in ImportRow.objects.filter(of=imported).numbered(list(places)):
        before = dict(row.fixes)
        for place in {answer.place for answer in answers}:
            text = row.get_text(place).replace("\r\n", "\n")
            new = corrected(place, text, place in places[row.row])
            if new is not None and new != text:
                row.fixes[str(place)] = new
        if row.fixes != before:
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["fixes"], batch_size=1_000)
    return [row.row for row in changed]


def _build_correction_function(answers: Sequence[CellAnswer]) -> Callable[[int, str, bool], str | None]:
    named = {(answer.place, answer.text): answer for answer in answers if not answer.others}
    rest = {answer.place: answer for answer in answers if answer.others}

    def correct_cell(place: int, text: str, wrong: bool) -> str | None:
        answer = named.get((place, text)) or (rest.get(place) if text and wrong else None)
        return answer.becomes if answer and (wrong or not answer.only_errors) else None

    return correct_cell
