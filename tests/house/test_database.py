"""The database in order: indexes with a reason, no migration that rewrites a big table, only core PostgreSQL."""

from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AlterField, RunSQL

from leads.models import lead as lead_module
from leads.models.lead import Lead

BIG = {"lead", "leadsearch", "statusmove", "change", "delivery", "newsletter", "importrow"}

# The screen that needs each index of a lead; a new index belongs into this list with its screen.
SCREENS = {
    "lead_created": "the list as it opens",
    "lead_owner": "own leads, owner filter and sort",
    "lead_number": "sort by number",
    "lead_status": "status filter and sort",
    "lead_source": "source filter and sort",
    "lead_country": "country filter and sort",
    "lead_lost_reason": "lost reason filter and sort",
    "lead_vip": "VIP filter and sort",
    "lead_unassigned": "the list of who sees what is unassigned",
    "lead_shared": "what is shared with everyone",
    "lead_binned": "the bin",
    "lead_tags": "tag filter, search",
    "lead_by_email": "known leads, import",
    "lead_by_phone": "known leads, import",
    **dict.fromkeys(lead_module.DENSE_SORTS, "a sort of the list"),
    **dict.fromkeys(lead_module.TEXT_SORTS, "a sort of the list"),
    **dict.fromkeys(lead_module.OPTIONAL_SORTS, "a sort of the list"),
}


def test_each_index_on_leads_names_the_screen_that_needs_it(db):
    assert {index.name for index in Lead._meta.indexes} == set(SCREENS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'leads_lead'")
        assert {name for (name,) in cursor.fetchall()} == {*SCREENS, "leads_lead_pkey"}


def test_no_index_stands_on_what_changes_with_every_edit():
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


def test_no_later_migration_rewrites_a_big_table():
    """A column with a volatile default or another type rewrites every row; so does SQL that updates all of them."""
    wrong = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if (
            app not in ("crm", "leads", "accounts", "mailings")
            or name.startswith("0001")
            or migration.initial
        ):
            continue
        for step in migration.operations:
            if isinstance(step, AlterField) and step.model_name_lower in BIG:
                before = apps.get_model(app, step.model_name)._meta.get_field(step.name)
                if before.db_type(connection) != step.field.db_type(connection):
                    wrong.append(f"{app}.{name}: {step.model_name}.{step.name}")
            if isinstance(step, AddField) and step.model_name_lower in BIG and callable(step.field.default):
                wrong.append(f"{app}.{name}: {step.model_name}.{step.name} has a default made for each row")
            if isinstance(step, RunSQL) and "UPDATE leads_lead " in str(step.sql):
                wrong.append(f"{app}.{name}: updates every lead")
    assert wrong == []


def test_migrations_are_folders_of_every_app_that_has_models():
    for app in ("crm", "accounts", "leads", "mailings"):
        assert Path(apps.get_app_config(app).path, "migrations", "__init__.py").exists()
