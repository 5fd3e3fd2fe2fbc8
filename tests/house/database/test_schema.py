"""The database in order: indexes with a reason, no migration that rewrites a big table, only core PostgreSQL."""

import re
import uuid
from hashlib import sha256
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AlterField, RunSQL
from django.db.migrations.state import ProjectState

from crm.fields.types.field_type import build_sort_indexes
from leads import fields
from leads.models.lead import Lead

# The first migrations, which every installation has run, by the start of their hash.
SHIPPED: dict[str, str] = {
    "accounts.0001_squashed_0005_push": "6d455ced2bf0",
    "accounts.0006_squashed_0017_assistants_in_account_changes": "851ad6d491bd",
    "assistants.0001_squashed_0003_booking_sends": "7e13b7a46357",
    "automations.0001_squashed_0006_meeting_times": "25d48d50adbf",
    "bookings.0001_squashed_0002_reminders_statuses_and_everyone_together": "bded792787e6",
    "calendars.0001_squashed_0002_provider_accounts": "02b54976fba6",
    "crm.0001_squashed_0035_installation": "aec5e3e29e30",
    "crm.0036_squashed_0071_no_shows_and_assumed_meetings": "df41ac88c10f",
    "customers.0001_squashed_0015_deal_contacts": "a97dc63fc207",
    "customers.0016_squashed_0022_deal_currency_of_the_company": "ff6e45248159",
    "duplicates.0001_squashed_0005_merge_plans": "1a16226c69fa",
    "intake.0001_squashed_0008_published_form_in_words": "e5bc546acc28",
    "leads.0001_squashed_0040_no_shows_in_queue": "0ee002ee9da2",
    "mailboxes.0001_squashed_0006_tokens_with_database_defaults": "aa0c4c721d75",
    "mailings.0001_squashed_0011_skip_empty_merge_fields": "e0f7c6725014",
    "privacy.0001_squashed_0005_erasing_rules": "4ac68fcfa426",
    "reports.0001_squashed_0015_dashboards": "2df1847b0829",
    "sequences.0001_squashed_0002_authors_of_coming_steps": "9a436ac3bbb3",
}

BIG = {"lead", "leadsearch", "statusmove", "change", "delivery", "newsletter", "importrow"}

# The screen that uses each index of a lead; add a new index to this list with its screen.
SCREENS = {
    "lead_created": "the list as it opens",
    "lead_owner": "own leads, owner filter and sort",
    "lead_number": "sort by number",
    "lead_name": "sort by name",
    "lead_since": "sort by the time in the status",
    "lead_stay": "a column of the board; the numbers of stuck leads",
    "lead_status": "status filter and sort",
    "lead_source": "source filter and sort",
    "lead_country": "country filter and sort",
    "lead_lost_reason": "lost reason filter and sort",
    "lead_vip": "VIP filter and sort",
    "lead_unassigned": "the list of who sees what is unassigned",
    "lead_shared": "what is shared with everyone",
    "lead_deleted": "Trash",
    "lead_earlier": "filters by times that may be before a lead was added",
    "lead_stay_of_owner": "the daily queue: new and stuck leads of an owner; the board of one owner",
    "lead_queue_contact": "the daily queue: first contacts of an owner",
    "lead_tags": "tag filter, search",
    "lead_by_email": "known leads, import",
    "lead_client": "the page of a company, and deleting one permanently",
    "lead_known_company": "deleting a company permanently",
    "lead_client_contact": "the page of a contact, and deleting one permanently",
    "lead_by_phone": "known leads, import",
    "lead_erased": "the page of an undo: what was erased since the change",
    **{index.name: "a sort of the list" for index in build_sort_indexes(Lead, fields.SORT)},
}


def test_each_index_on_leads_names_the_screen_that_uses_it(db):
    assert {index.name for index in Lead._meta.indexes} == set(SCREENS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'leads_lead'")
        assert {name for (name,) in cursor.fetchall()} == {*SCREENS, "leads_lead_pkey"}


def test_no_index_is_on_a_column_that_changes_with_every_edit():
    for index in Lead._meta.indexes:
        assert not {"updated_at", "version"} & set(index.fields)


def test_only_core_postgresql_is_used(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert cursor.fetchall() == [("plpgsql",)]


def test_sorting_does_not_depend_on_the_servers_collation(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT attname, collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
               WHERE attrelid = 'leads_lead'::regclass AND attname LIKE '%\\_key'"""
        )
        assert {collation for _name, collation in cursor.fetchall()} == {"C"}


def rewritten_by(app: str, name: str, migration: Migration, before: ProjectState) -> list[str]:
    """The parts of a migration that rewrite every row of a big table: a column with another type or with a default computed
    for each row, and SQL that updates all rows. `before` is the model state before the migration."""
    wrong, state = [], before.clone()
    for step in migration.operations:
        model = getattr(step, "model_name_lower", "")
        if isinstance(step, AlterField) and model in BIG:
            old = state.apps.get_model(app, model)._meta.get_field(step.name)
            after = state.clone()
            step.state_forwards(app, after)
            new = after.apps.get_model(app, model)._meta.get_field(step.name)
            if old.db_type(connection) != new.db_type(connection):
                wrong.append(f"{app}.{name}: {step.model_name}.{step.name} gets another type")
        made = isinstance(step, AddField) and step.field.has_default() and callable(step.field.default)
        if made and model in BIG:
            wrong.append(f"{app}.{name}: {step.model_name}.{step.name} has a default made for each row")
        if isinstance(step, RunSQL) and re.search(r"\bUPDATE\s+(crm|leads|mailings)_", str(step.sql)):
            wrong.append(f"{app}.{name}: updates every row")
        step.state_forwards(app, state)
    return wrong


def test_no_later_migration_rewrites_a_big_table():
    loader = MigrationLoader(None)
    wrong = []
    for (app, name), migration in loader.disk_migrations.items():
        if app in settings.PRODUCT_APPS and not migration.initial:
            before = loader.project_state((app, name), at_end=False)
            wrong += rewritten_by(app, name, migration, before)
    assert wrong == []


REWRITING = {
    "another type": AlterField("lead", "city", models.TextField()),
    "a default for each row": AddField("lead", "token", models.UUIDField(default=uuid.uuid4)),
    "an update of all": RunSQL("UPDATE leads_lead SET city = ''"),
}


@pytest.mark.parametrize("step", REWRITING.values(), ids=REWRITING)
def test_a_migration_that_rewrites_a_big_table_is_found(step):
    loader = MigrationLoader(None)
    (leaf,) = loader.graph.leaf_nodes("leads")
    made = Migration("made_up", "leads")
    made.operations = [step]
    assert len(rewritten_by("leads", "made_up", made, loader.project_state(leaf))) == 1


def test_the_same_type_with_another_label_is_not_a_rewrite():
    loader = MigrationLoader(None)
    (leaf,) = loader.graph.leaf_nodes("leads")
    state = loader.project_state(leaf)
    city = state.models["leads", "lead"].fields["city"].clone()
    city.verbose_name = "town"
    made = Migration("made_up", "leads")
    made.operations = [AlterField("lead", "city", city)]
    assert rewritten_by("leads", "made_up", made, state) == []


def what_it_does(migration: Path) -> str:
    """A digest of its text without the places of the modules that it imports, which may move."""
    lines = [line for line in migration.read_text().splitlines() if not re.match(r"(import|from) ", line)]
    places = rf"\b(?:{'|'.join(settings.PRODUCT_APPS)})(?:\.\w+)+\.(?=\w)"
    return sha256(re.sub(places, "", "\n".join(lines)).encode()).hexdigest()[:12]


def test_the_first_migrations_stay_as_they_were_shipped():
    """Installations have already run these files, so changes to them have no effect there. Add a new migration."""
    found = {
        f"{app}.{path.stem}": what_it_does(path)
        for app in settings.PRODUCT_APPS
        for path in Path(apps.get_app_config(app).path, "migrations").glob("0*.py")
    }
    assert {name: found.get(name) for name in SHIPPED} == SHIPPED


def test_migrations_are_folders_of_every_app_that_has_models():
    for app in settings.PRODUCT_APPS:
        assert Path(apps.get_app_config(app).path, "migrations", "__init__.py").exists()
