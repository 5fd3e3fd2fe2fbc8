"""The list of squashed migrations, from which old databases are recognized, is that of the files."""

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from crm.platform.database.squashed_migrations import SQUASHED, get_unsquashed_migrations

OURS = {
    f"{app}.{name}": migration
    for (app, name), migration in MigrationLoader(None).disk_migrations.items()
    if app in settings.PRODUCT_APPS
}


def test_every_squashed_migration_is_in_the_list():
    assert sorted(name for name in OURS if "_squashed_" in name) == sorted(SQUASHED)


def test_no_migration_stays_that_a_squashed_one_stands_for():
    assert get_unsquashed_migrations(OURS) == set(OURS)
    assert [name for name, migration in OURS.items() if migration.replaces] == []
