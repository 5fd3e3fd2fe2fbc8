"""Why most of the invalid rows are invalid: each such reason once, with the fix for all of them."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.models import Import
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.transfer.imports.check.import_rules import ImportRules

# How many are kept with the plan.
KEPT = 20
# Reasons with fewer rows are shown row by row.
ENOUGH = 5


@dataclass(frozen=True)
class CommonError:
    """`place` is the column of the reason, None if the file has none. `default` is the field whose value for empty
    cells fixes the error, with its label and `choices`; '' if only the column can fix it."""

    place: int | None
    column: str
    sentence: str
    count: int
    default: str = ""
    label: str = ""
    choices: Any = ()


def count_reasons(imported: Import) -> list[list]:
    """[place, sentence, count], most frequent first. Sentences that differ only in a quoted cell, or in a prefix such
    as the status that requires something, are one reason. Kept with the plan: half a million errors take 1.5 s."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT place::int, CASE WHEN count(DISTINCT start) = 1 THEN min(sentence) ELSE min(reason) END, count(*)
               FROM (SELECT e->>0 AS place, e->>1 AS sentence, split_part(e->>1, ': ', 1) AS start,
                            regexp_replace(e->>1, '^[^:“]*: ', '') AS reason
                     FROM crm_plannedrow CROSS JOIN LATERAL jsonb_array_elements(errors) e
                     WHERE of_id = %s AND verdict = 'error') each_error
               GROUP BY place, regexp_replace(reason, '“[^”]*”', '“…”', 'g')
               ORDER BY 3 DESC, 1, 2 LIMIT %s""",
            [imported.pk, KEPT],
        )
        return [list(row) for row in cursor.fetchall()]


def find_common_errors(imported: Import, rules: ImportRules) -> list[CommonError]:
    """Reasons of more than half of the invalid rows, and reasons that one choice fixes."""
    found = [_build_common_error(imported, rules, *row) for row in imported.counts.get("reasons", [])]
    return [reason for reason in found if reason.default or affects_most_rows(imported, reason.count)]


def affects_most_rows(imported: Import, count: int) -> bool:
    return count >= ENOUGH and 2 * count > imported.counts.get("error", 0)


def get_main_reason(imported: Import, place: int) -> tuple[str, int] | None:
    """The sentence of a reason for most of the invalid rows at this column, with its count."""
    for at, sentence, count in imported.counts.get("reasons", []):
        if at == place and affects_most_rows(imported, count):
            return sentence, count
    return None


def _build_common_error(
    imported: Import, rules: ImportRules, place: int | None, sentence: str, count: int
) -> CommonError:
    column = "" if place is None else f"{get_column_letters(place + 1)}, {imported.get_heading(place)}"
    default = rules.get_correcting_default(sentence)
    if not default:
        return CommonError(place, column, sentence, count)
    choices = [(value, label) for value, label in rules.choices[default] if value]
    return CommonError(place, column, sentence, count, default, rules.kind.get_heading(default), choices)
