"""Why most of the wrong rows are wrong: each such reason once, with what corrects it for all of them."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.excel.cells import letters
from crm.imports.rules import ImportRules
from crm.models import Import

# So many are kept with the plan.
KEPT = 20
# One that fewer rows have is read row by row.
ENOUGH = 5


@dataclass(frozen=True)
class Reason:
    """`place` is the column that it is about, None where the file has none. `default` is the field whose value for empty
    cells corrects it, with its label and `choices`, '' where only the column can."""

    place: int | None
    column: str
    sentence: str
    count: int
    default: str = ""
    label: str = ""
    choices: Any = ()


def counted_reasons(imported: Import) -> list[list]:
    """[place, sentence, count], the most frequent first. What a sentence quotes of a cell, or names in front as the status
    that asks for something, does not make it another reason. Kept with the plan: half a million errors take 1.5 s."""
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


def frequent_reasons(imported: Import, rules: ImportRules) -> list[Reason]:
    """Those that more than half of the wrong rows have, and those that one choice corrects."""
    found = [_reason(imported, rules, *row) for row in imported.counts.get("reasons", [])]
    return [reason for reason in found if reason.default or hits_most(imported, reason.count)]


def hits_most(imported: Import, count: int) -> bool:
    return count >= ENOUGH and 2 * count > imported.counts.get("error", 0)


def reason_at(imported: Import, place: int) -> tuple[str, int] | None:
    """The sentence of a reason that hits most of the wrong rows at this column, with its count."""
    for at, sentence, count in imported.counts.get("reasons", []):
        if at == place and hits_most(imported, count):
            return sentence, count
    return None


def _reason(imported: Import, rules: ImportRules, place: int | None, sentence: str, count: int) -> Reason:
    column = "" if place is None else f"{letters(place + 1)}, {imported.heading(place)}"
    default = rules.default_that_corrects(sentence)
    if not default:
        return Reason(place, column, sentence, count)
    choices = [(value, label) for value, label in rules.choices()[default] if value]
    return Reason(place, column, sentence, count, default, rules.kind.heading(default), choices)
