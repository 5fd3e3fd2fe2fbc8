"""A squashed migration renders the models once, and makes the same tables as Django does, which renders them after each step."""

import pytest
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from crm.platform.database.squashed_migrations import SQUASHED


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["accounts", "calendars"])
def test_the_statements_are_those_of_django(app):
    loader = MigrationLoader(None)
    for name in [name for name in SQUASHED if name.startswith(f"{app}.")]:
        key = tuple(name.split("."))
        own, of_django = [
            write_statements(apply, loader.disk_migrations[key], loader.project_state(key, at_end=False))
            for apply in (type(loader.disk_migrations[key]).apply, Migration.apply)
        ]
        assert own == of_django
        assert any(line.startswith("CREATE TABLE") for line in own)


def write_statements(apply, migration, state) -> list[str]:
    with connection.schema_editor(collect_sql=True) as editor:
        after = apply(migration, state, editor, collect_sql=True)
    assert after.models.keys() >= migration.mutate_state(state).models.keys()
    return [line for line in editor.collected_sql if not line.startswith("--")]
