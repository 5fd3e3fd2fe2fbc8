"""Migrations that stand for many earlier ones: how they make a new database, and which older databases this version can read."""

from collections.abc import Collection
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

# Each stands for the migrations of its app with these numbers, of which the last one is named: a database that has it has the others
# too, and gets the squashed one recorded (tests/house/database/test_squashed.py compares the list with the files).
SQUASHED = {
    "accounts.0001_squashed_0005_push": "0005_push",
    "accounts.0006_squashed_0017_assistants_in_account_changes": "0017_assistants_in_account_changes",
    "assistants.0001_squashed_0003_booking_sends": "0003_booking_sends",
    "automations.0001_squashed_0006_meeting_times": "0006_meeting_times",
    "bookings.0001_squashed_0002_reminders_statuses_and_everyone_together": "0002_reminders_statuses_and_everyone_together",
    "calendars.0001_squashed_0002_provider_accounts": "0002_provider_accounts",
    "crm.0001_squashed_0035_installation": "0035_installation",
    "crm.0036_squashed_0071_no_shows_and_assumed_meetings": "0071_no_shows_and_assumed_meetings",
    "customers.0001_squashed_0015_deal_contacts": "0010_squashed_0015_deal_contacts",
    "customers.0016_squashed_0022_deal_currency_of_the_company": "0022_deal_currency_of_the_company",
    "duplicates.0001_squashed_0005_merge_plans": "0005_merge_plans",
    "intake.0001_squashed_0008_published_form_in_words": "0008_published_form_in_words",
    "leads.0001_squashed_0040_no_shows_in_queue": "0040_no_shows_in_queue",
    "mailboxes.0001_squashed_0006_tokens_with_database_defaults": "0006_tokens_with_database_defaults",
    "mailings.0001_squashed_0011_skip_empty_merge_fields": "0011_skip_empty_merge_fields",
    "privacy.0001_squashed_0005_erasing_rules": "0005_erasing_rules",
    "reports.0001_squashed_0015_dashboards": "0015_dashboards",
    "sequences.0001_squashed_0002_authors_of_coming_steps": "0002_authors_of_coming_steps",
}

# Only versions before 0.1 have this one.
FOLDED = "crm.0001_functions"
LAST_READER = "0.0 (commit 48434e8)"
# The last version with the migrations that squashed ones have replaced since.
PASSES_THROUGH = "0.2 (commit c288a68)"


class SquashedMigration(Migration):
    """Only makes tables and what belongs to them. Django would render all models that are related to each new one again; here they are
    rendered once, as they are after all steps."""

    def apply(
        self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False
    ) -> ProjectState:
        # What a state hasn't rendered, it renders as soon as it's asked for.
        project_state.__dict__.pop("apps", None)
        state = self.mutate_state(project_state, preserve=False)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, state, state)
        return state


def is_before_folding(migrations: Collection[str]) -> bool:
    """Whether a database with these migrations, each as "app.name", is older than version 0.1."""
    return FOLDED in migrations


def has_partly_applied_squash(migrations: Collection[str]) -> bool:
    """Whether a database with these migrations has run only some of those that a squashed one stands for."""
    return any(
        not {squashed, _get_last(squashed)} & {*migrations}
        and any(_is_part(name, squashed) for name in migrations)
        for squashed in SQUASHED
    )


def get_unsquashed_migrations(migrations: Collection[str]) -> set[str]:
    """These migrations without those that a squashed one stands for: their files are gone, their rows stay."""
    return {name for name in migrations if not any(_is_part(name, squashed) for squashed in SQUASHED)}


def _get_last(squashed: str) -> str:
    return f"{squashed.partition('.')[0]}.{SQUASHED[squashed]}"


def _is_part(name: str, squashed: str) -> bool:
    app, _, rest = name.partition(".")
    squashed_app, _, numbers = squashed.partition(".")
    first, _, last, *_ = numbers.split("_")
    return app == squashed_app and first <= rest[:4] <= last and name not in SQUASHED
