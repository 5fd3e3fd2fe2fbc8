"""What the preview page of an import keeps of the user's answers: corrected cells, choices, and values for whole columns."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import QueryDict

from crm.models import Import, ImportRow, PlannedRow
from crm.transfer.imports.plan.corrections import Answers

ALL = "all rows"
ROWS = [["Pop", "Cluj"], ["Rus", "Gemany"], ["Ilie", "Gemany"], ["Ene", "Arad"]]


@dataclass(frozen=True)
class Case:
    """The rows have the numbers 2 to 5. Row 2 looks like a lead and is updated, row 3 has an error and "Arad" as a correction of
    its name, row 4 repeats row 2, and row 5 was found by its ID and takes the city from the file. `rows` are what the answers
    change: the corrections, the choice, or the fields that the file takes. `options` are the changed options."""

    sent: dict[str, str]
    rows: dict[int, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    checks: Any = ()


CASES = {
    "nothing": Case({}),
    "a corrected cell": Case({"fix_2_1": "Deva"}, {2: {"1": "Deva"}}, checks=[2]),
    "a corrected cell of the first column": Case({"fix_2_0": "Popa"}, {2: {"0": "Popa"}}, checks=[2]),
    "a cell as it was": Case({"fix_2_1": "Cluj"}),
    "a cell as it was corrected before": Case({"fix_3_0": "Arad"}),
    "a cell as it is in the file": Case({"fix_3_0": "Rus"}, {3: {"0": "Rus"}}, checks=[3]),
    "a cell beside the columns": Case({"fix_2_2": "Deva"}),
    "a cell with a line break": Case({"fix_2_1": "Cluj\r\nDeva"}, {2: {"1": "Cluj\nDeva"}}, checks=[2]),
    "a cell with a zero character": Case({"fix_2_1": "Cl\0uj"}),
    "two rows": Case({"fix_2_1": "Deva", "fix_3_1": "Deva"}, {2: {"1": "Deva"}, 3: {"0": "Arad", "1": "Deva"}}, checks=[2, 3]),
    "two cells of a row": Case({"fix_2_0": "Popa", "fix_2_1": "Deva"}, {2: {"0": "Popa", "1": "Deva"}}, checks=[2]),
    "a row that doesn't exist": Case({"fix_9_1": "Deva"}),
    # Duplicates
    "a row is skipped": Case({"choice_2": "leave"}, {2: "leave"}, checks=[2]),
    "a row stays as the preview shows it": Case({"choice_2": "update"}),
    "a row without a choice so far": Case({"choice_3": "leave"}, {3: "leave"}, checks=[3]),
    "a choice that doesn't exist": Case({"choice_2": "sell"}),
    # Conflicts
    "the file wins in a field": Case({"take_2_city": "file"}, {2: ["city"]}, checks=[2]),
    "the file wins in a second field": Case({"take_5_zip": "file"}, {5: ["city", "zip"]}, checks=[5]),
    "the file wins as before": Case({"take_5_city": "file"}),
    "the record wins": Case({"take_5_city": "here"}, {5: []}, checks=[5]),
    "the record wins as before": Case({"take_2_city": "here"}),
    # All duplicates
    "all duplicates are skipped": Case(
        {"all_duplicates": "leave"}, {2: "", 5: "leave"}, {"duplicates": "leave"}, checks=ALL
    ),
    "all repetitions are added": Case({"all_repeated": "new"}, {4: ""}, {"repeated": "new"}, checks=ALL),
    "a choice for all that doesn't exist": Case({"all_duplicates": "sell"}),
    "repetitions can't be updated": Case({"all_repeated": "update"}),
    # A value for empty cells
    "a source for all rows": Case({"default": "source", "default_value": "{source}"}, {}, {"source": "{source}"}, checks=ALL),
    "a country for all rows": Case({"default": "country", "default_value": "RO"}, {}, {"country": "RO"}, checks=ALL),
    "a value that isn't offered": Case({"default": "source", "default_value": "0"}),
    "no value": Case({"default": "owner", "default_value": ""}),
    "a field without a value for all rows": Case({"default": "city", "default_value": "Cluj"}),
    # The same error in several rows
    "an error of all rows": Case(
        {"replace": "1", "replace_place": "1", "replace_old": "Gemany", "replace_new": "Germany"},
        {3: {"0": "Arad", "1": "Germany"}}, checks=[3],
    ),
    "an error of all rows, and a corrected cell": Case(
        {"fix_2_1": "Deva", "replace": "1", "replace_place": "1", "replace_old": "Gemany", "replace_new": "Germany"},
        {2: {"1": "Deva"}, 3: {"0": "Arad", "1": "Germany"}}, checks=[2, 3],
    ),
    "an error of all rows that no row has": Case(
        {"replace": "1", "replace_place": "1", "replace_old": "Cluj", "replace_new": "Deva"}
    ),
    "an error of all rows that stays": Case(
        {"replace": "1", "replace_place": "1", "replace_old": "Gemany", "replace_new": "Gemany"}
    ),
    "an error of a column beside the file": Case(
        {"replace": "1", "replace_place": "2", "replace_old": "", "replace_new": "Deva"}
    ),
    "an error without a column": Case({"replace": "1", "replace_place": "", "replace_old": "Gemany", "replace_new": "Deva"}),
    "the button wasn't used": Case({"replace_place": "1", "replace_old": "Gemany", "replace_new": "Germany"}),
}  # fmt: skip


@pytest.fixture
def imported(read, ann):
    """The plan of two files: only the answers about the first one are kept, whatever the other one's plan shows."""
    imports = [read(ann, ["last_name", "city"], ROWS) for _each in range(2)]
    for place, found in enumerate(imports):
        plans = {
            2: {"verdict": "duplicate", "match": "email", "choice": "update"},
            3: {"verdict": "error"},
            4: {"verdict": "duplicate", "match": "file", "choice": "leave"},
            5: {"verdict": "duplicate", "match": "id", "choice": "leave"},
        }
        if place == 1:
            plans = {row: plan | {"choice": "leave"} for row, plan in plans.items()}
        PlannedRow.objects.bulk_create(PlannedRow(of=found, row=row, **plan) for row, plan in plans.items())
        of_rows = ImportRow.objects.filter(of=found)
        of_rows.filter(row=3).update(fixes={"0": "Arad"})
        of_rows.filter(row=5).update(takes=["city"])
        of_rows.filter(row__in=[2, 4]).update(choice="fill")
    return imports[0]


def rows_of(imported: Import) -> dict[int, tuple[dict, list, str]]:
    return {row.row: (row.fixes, row.takes, row.choice) for row in ImportRow.objects.filter(of=imported)}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_kept_of_the_answers(case, imported, sources):
    words = {"source": str(sources.website.pk)}
    sent = QueryDict(mutable=True)
    sent.update(
        {name: value.format_map(words) if "{" in value else value for name, value in case.sent.items()}
    )
    other = Import.objects.exclude(pk=imported.pk).get()
    before, others, options = rows_of(imported), rows_of(other), dict(imported.options)
    answers = Answers(imported, sent)
    assert answers.save() == bool(case.checks)
    touched = ALL if answers.touched is None else sorted(answers.touched)
    assert touched == (case.checks or [])
    expected = dict(before)
    for row, change in case.rows.items():
        fixes, takes, choice = before[row]
        expected[row] = (
            change if isinstance(change, dict) else fixes,
            change if isinstance(change, list) else takes,
            change if isinstance(change, str) else choice,
        )
    assert rows_of(imported) == expected
    assert (rows_of(other), Import.objects.get(pk=other.pk).options) == (others, other.options)
    changes = dict(case.options)
    if "source" in changes:
        changes["source"] = sources.website.pk
    defaults = {name: changes.pop(name) for name in ("source", "country") if name in changes}
    kept = Import.objects.get(pk=imported.pk).options
    assert kept == options | changes | {"defaults": options["defaults"] | defaults}
