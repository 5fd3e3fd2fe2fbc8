"""The list of squashed migrations, from which old databases are recognized, is that of the files; and these only make new tables."""

import pytest
from django.conf import settings
from django.db.migrations import operations as steps
from django.db.migrations.loader import MigrationLoader

from crm.platform.database.squashed_migrations import SQUASHED, SquashedMigration, get_unsquashed_migrations

OURS = {
    f"{app}.{name}": migration
    for (app, name), migration in MigrationLoader(None).disk_migrations.items()
    if app in settings.PRODUCT_APPS
}
REPLACING = {name: migration for name, migration in OURS.items() if migration.replaces}


def get_numbers(name: str) -> list[int]:
    """Of the migrations that one with this name stands for."""
    first, *rest = name.split("_")
    last = rest[1] if rest[0] == "squashed" else first
    return list(range(int(first), int(last) + 1))


def test_every_squashed_migration_is_in_the_list_with_the_last_one_that_it_stands_for():
    assert {name for name in OURS if "_squashed_" in name} == set(REPLACING)
    assert {name: migration.replaces[-1][1] for name, migration in REPLACING.items()} == SQUASHED


def test_no_migration_stays_that_a_squashed_one_stands_for():
    assert get_unsquashed_migrations(OURS) == set(OURS)


@pytest.mark.parametrize("name", SQUASHED)
def test_a_squashed_migration_replaces_the_migrations_of_all_its_numbers(name):
    migration = REPLACING[name]
    replaced = [number for _app, one in migration.replaces for number in get_numbers(one)]
    assert replaced == get_numbers(migration.name)
    assert {app for app, _one in migration.replaces} == {migration.app_label}


# The loader reads the files in an order that differs from process to process.
RENDERED_ONCE = sorted(name for name, migration in OURS.items() if isinstance(migration, SquashedMigration))


@pytest.mark.parametrize("name", RENDERED_ONCE)
def test_models_that_are_rendered_once_are_made_and_not_altered(name):
    assert [step for step in OURS[name].operations if not makes(step)] == []


def makes(step) -> bool:
    """A link to many records through a model of its own needs no column."""
    if isinstance(step, steps.SeparateDatabaseAndState):
        return all(map(makes, [*step.database_operations, *step.state_operations]))
    linking = isinstance(step, steps.AddField) and step.field.many_to_many and step.field.remote_field.through
    return bool(linking) or isinstance(step, steps.CreateModel | steps.RunSQL)
