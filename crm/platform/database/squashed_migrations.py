"""Which older databases and backups this version can read: early migrations are folded into the first ones of each app."""

from collections.abc import Collection

# Each stands for the migrations of its app with these numbers (tests/house/database/test_squashed.py compares the list with the files).
# Version 0.1 records it in a database as soon as all of them have run.
SQUASHED = (
    "accounts.0001_squashed_0004_signature",
    "crm.0001_squashed_0032_activities_of_periods",
    "customers.0001_squashed_0009_employments",
    "customers.0010_squashed_0015_deal_contacts",
    "intake.0001_squashed_0004_calls_with_several_records",
    "leads.0001_squashed_0018_queue_outcomes",
    "mailboxes.0001_squashed_0002_personal_mailboxes",
    "mailings.0001_squashed_0009_files_in_history",
    "reports.0001_squashed_0009_goals",
)

# Only versions before 0.1 have this one.
FOLDED = "crm.0001_functions"
LAST_READER = "0.0 (commit 48434e8)"
# The last version with the migrations that squashed ones have replaced since.
PASSES_THROUGH = "0.1"


def is_before_folding(migrations: Collection[str]) -> bool:
    """Whether a database with these migrations, each as "app.name", is older than version 0.1."""
    return FOLDED in migrations


def has_partly_applied_squash(migrations: Collection[str]) -> bool:
    """Whether a database with these migrations has run only some of those that a squashed one stands for."""
    return any(
        squashed not in migrations and any(_is_part(name, squashed) for name in migrations)
        for squashed in SQUASHED
    )


def get_unsquashed_migrations(migrations: Collection[str]) -> set[str]:
    """These migrations without those that a squashed one stands for: their files are gone, their rows stay."""
    return {name for name in migrations if not any(_is_part(name, squashed) for squashed in SQUASHED)}


def _is_part(name: str, squashed: str) -> bool:
    app, _, rest = name.partition(".")
    squashed_app, _, numbers = squashed.partition(".")
    first, _, last, *_ = numbers.split("_")
    return app == squashed_app and first <= rest[:4] <= last and name not in SQUASHED
