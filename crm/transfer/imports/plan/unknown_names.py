"""Names in a file that don't exist here or are retired: each once with its count, from the plan."""

from django.db import connection

from crm.models import Import
from crm.platform.text.text_folding import fold_text
from crm.transfer.imports.check.value_decisions import Decisions, get_decision

# How many different unknown values of a field are listed; users search for the others or decide about all of them
# together.
LISTED = 200


def get_unknown_values(imported: Import) -> dict[str, list[list]]:
    """[text, count] by field: the most frequent ones, undecided ones first."""
    return {field: values[:LISTED] for field, values in get_all_unknown_values(imported).items()}


def get_all_unknown_values(imported: Import) -> dict[str, list[list]]:
    """The same without a limit. Names that differ only in case and accents are merged, in the most frequent spelling."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT u->>0, u->>1, count(*) FROM crm_plannedrow, jsonb_array_elements(unknown) u
               WHERE of_id = %s AND unknown <> '[]' GROUP BY 1, 2 ORDER BY 3 DESC, min("row"), 2""",
            [imported.pk],
        )
        spellings = cursor.fetchall()
    found: dict[str, dict[str, list]] = {}
    for field, text, count in spellings:
        found.setdefault(field, {}).setdefault(fold_text(text), [text, 0])[1] += count
    return {
        field: _sort_unknown(imported.decisions, field, list(pairs.values()))
        for field, pairs in found.items()
    }


def _sort_unknown(decisions: Decisions, field: str, pairs: list[list]) -> list[list]:
    return sorted(pairs, key=lambda pair: (get_decision(decisions, field, pair[0]) is not None, -pair[1]))
