"""What a file names that does not exist here: each name once with its count, from the plan."""

from collections import defaultdict

from django.db import connection

from crm.models import Import

# So many different unknown values of a field are listed; beyond that a person would map for hours.
LISTED = 200


def unknown_values(imported: Import) -> dict[str, list[list]]:
    """[text, count] by field: the most frequent ones, those about which nobody has decided first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT u->>0, u->>1, count(*) FROM crm_plannedrow, jsonb_array_elements(unknown) u
               WHERE of_id = %s AND unknown <> '[]' GROUP BY 1, 2 ORDER BY 3 DESC, min("row"), 2""",
            [imported.pk],
        )
        found = defaultdict(list)
        for field, text, count in cursor.fetchall():
            found[field].append([text, count])
    for field, values in found.items():
        decided = imported.decisions.get(field, {})
        found[field] = sorted(values, key=lambda pair: pair[0] in decided)[:LISTED]
    return dict(found)
