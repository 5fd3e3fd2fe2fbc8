"""Which older databases this version can read: each row is the migrations of one, and what it is told."""

import pytest

from crm.platform.database.squashed_migrations import (
    SQUASHED,
    get_unsquashed_migrations,
    has_partly_applied_squash,
    is_before_folding,
)

REPLACED = [
    "crm.0001_initial",
    "crm.0032_activities_of_periods",
    "customers.0012_requests",
    "mailings.0002_mailings",
]
ROWS = {
    "a new one": ([], "readable"),
    "this version": ([*SQUASHED, "crm.0033_merged_records"], "readable"),
    "the last 0.1, which keeps the rows of what was squashed": ([*SQUASHED, *REPLACED], "readable"),
    "0.1 before the first squash": (REPLACED, "passes through 0.1"),
    "0.1 with all but one": ([*SQUASHED[1:], "accounts.0001_initial"], "passes through 0.1"),
    "the second squash of an app alone is missing": (
        [name for name in SQUASHED if "0010_squashed" not in name] + ["customers.0010_deals"],
        "passes through 0.1",
    ),
    "only later ones, in a test or after a reset": (["crm.0033_merged_records"], "readable"),
    "before 0.1": (["crm.0001_functions", "leads.0002_storage"], "too old"),
    "another app with such a number": (["auth.0001_initial", *SQUASHED], "readable"),
}


@pytest.mark.parametrize(("migrations", "told"), ROWS.values(), ids=ROWS)
def test_a_database_is_read_or_told_which_version_reads_it(migrations, told):
    through = "passes through 0.1" if has_partly_applied_squash(migrations) else "readable"
    assert ("too old" if is_before_folding(migrations) else through) == told


def test_what_a_squashed_one_stands_for_is_not_taken_for_a_later_version():
    kept = {*SQUASHED, "crm.0033_merged_records", "customers.0016_consent", "auth.0001_initial"}
    assert get_unsquashed_migrations({*kept, *REPLACED}) == kept
