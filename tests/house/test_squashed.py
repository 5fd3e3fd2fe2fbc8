"""A new database is made by squashed migrations. They do exactly what the migrations do that they replace."""

import pytest
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.state import ModelState, ProjectState

LOADER = MigrationLoader(None)
SQUASHED = {key: found for key, found in sorted(LOADER.disk_migrations.items()) if found.replaces}

# A squashed migration only runs where none of those it replaces has run, so these tables are empty.
ROWS_THAT_A_NEW_DATABASE_LACKS = {
    "crm.0019_words_of_activities": "activities",
    "leads.0008_next_actions_as_tasks": "leads",
    "leads.0011_contacts": "leads",
    "customers.0006_rights_on_contacts": "permissions on companies",
    "customers.0008_company_fields": "companies",
    "mailings.0002_mailings": "mailings",
    "mailings.0005_rights_on_mailings": "permissions on mailings",
    "mailings.0006_rights_on_suppressions": "permissions on mailings",
}


def state_after(*, replaced: bool) -> ProjectState:
    """The models after all migrations, or after those that squashed ones replace."""
    state = ProjectState()
    for key in LOADER.graph._generate_plan(LOADER.graph.leaf_nodes(), at_end=True):
        migration = LOADER.disk_migrations[key]
        for one in migration.replaces if replaced and migration.replaces else [key]:
            state = LOADER.disk_migrations[tuple(one)].mutate_state(state, preserve=False)
    return state


@pytest.fixture(scope="module")
def states():
    return state_after(replaced=False), state_after(replaced=True)


def columns(model: ModelState) -> list[str]:
    return [name for name, field in model.fields.items() if not field.many_to_many]


def test_squashed_migrations_make_the_models_of_those_they_replace(states):
    squashed, replaced = states
    assert squashed.models.keys() == replaced.models.keys()
    assert MigrationAutodetector(squashed, replaced).changes(LOADER.graph) == {}


def test_squashed_migrations_keep_the_order_of_columns(states):
    squashed, replaced = states
    for key, model in squashed.models.items():
        assert (key, columns(model)) == (key, columns(replaced.models[key]))


def by_code(migration: Migration) -> list:
    """The steps that write SQL or run Python: for SQL its text, for Python the name of its function."""
    found = []
    for step in migration.operations:
        inner = step.database_operations if isinstance(step, SeparateDatabaseAndState) else [step]
        found += [one.sql for one in inner if isinstance(one, RunSQL)]
        found += [one.code.__name__ for one in inner if isinstance(one, RunPython)]
    return found


@pytest.mark.parametrize("key", SQUASHED, ids=".".join)
def test_a_squashed_migration_runs_the_code_of_those_it_replaces_except_for_rows_that_cannot_exist(key):
    expected = [
        step
        for one in SQUASHED[key].replaces
        if ".".join(one) not in ROWS_THAT_A_NEW_DATABASE_LACKS
        for step in by_code(LOADER.disk_migrations[tuple(one)])
    ]
    # One function can do the work of several with the same name.
    assert list(dict.fromkeys(by_code(SQUASHED[key]))) == list(dict.fromkeys(expected))


@pytest.mark.parametrize("key", SQUASHED, ids=".".join)
def test_a_squashed_migration_depends_on_everything_that_those_it_replaces_depend_on(key):
    replaced = {tuple(one) for one in SQUASHED[key].replaces}
    needed = {tuple(one) for name in replaced for one in LOADER.disk_migrations[name].dependencies}
    before = set(LOADER.graph.forwards_plan(key)) | {("accounts", "__first__")}
    for squashed, migration in SQUASHED.items():
        before |= {tuple(one) for one in migration.replaces} if squashed in before else set()
    assert needed - replaced - before == set()
