"""Which older databases this version can read: each row is the migrations of one, and what it is told."""

import pytest

from crm.platform.database.squashed_migrations import (
    SQUASHED,
    get_unsquashed_migrations,
    has_partly_applied_squash,
    is_before_folding,
)

# The last 0.2 has the last one of each group; what was squashed in 0.1 has left its rows in some databases.
LAST = [f"{name.partition('.')[0]}.{last}" for name, last in SQUASHED.items()]
OF_0_1 = ["crm.0001_squashed_0032_activities_of_periods", "leads.0001_squashed_0018_queue_outcomes"]
BEFORE_SQUASHES = ["crm.0001_initial", "crm.0032_activities_of_periods", "customers.0012_requests"]
ROWS = {
    "a new one": ([], "readable"),
    "this version": ([*SQUASHED, *LAST, "crm.0072_later"], "readable"),
    "this version, once it no longer knows what was replaced": ([*SQUASHED, "crm.0072_later"], "readable"),
    "the last 0.2": ([*OF_0_1, *LAST], "readable"),
    "the last 0.2, which was made by an early 0.1": ([*BEFORE_SQUASHES, *OF_0_1, *LAST], "readable"),
    "0.2 without its last migration": (
        [*OF_0_1, *(name for name in LAST if name != "leads.0040_no_shows_in_queue")],
        "passes through 0.2",
    ),
    "the second group of an app alone is missing": (
        [*(name for name in LAST if not name.startswith("crm.0071")), "crm.0036_calls_by_month"],
        "passes through 0.2",
    ),
    "the last 0.1": ([*BEFORE_SQUASHES, *OF_0_1], "passes through 0.2"),
    "an early 0.1": (BEFORE_SQUASHES, "passes through 0.2"),
    "only later ones, in a test or after a reset": (["crm.0072_later"], "readable"),
    "before 0.1": (["crm.0001_functions", "leads.0002_storage"], "too old"),
    "another app with such a number": (["auth.0001_initial", *SQUASHED], "readable"),
}


@pytest.mark.parametrize(("migrations", "told"), ROWS.values(), ids=ROWS)
def test_a_database_is_read_or_told_which_version_reads_it(migrations, told):
    through = "passes through 0.2" if has_partly_applied_squash(migrations) else "readable"
    assert ("too old" if is_before_folding(migrations) else through) == told


def test_what_a_squashed_one_stands_for_is_not_taken_for_a_later_version():
    kept = {*SQUASHED, "crm.0072_later", "customers.0023_later", "auth.0001_initial"}
    assert get_unsquashed_migrations({*kept, *LAST, *OF_0_1, *BEFORE_SQUASHES}) == kept
