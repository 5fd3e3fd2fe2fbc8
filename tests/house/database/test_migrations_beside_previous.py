"""While a new version is deployed, nodes of the previous one still run. After a migration, their queries must still work.

docs/scaling/running.md ("Updating without downtime") says how: expand, then contract in the next version.
"""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as steps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from crm.scaling.months.table_conversion import partition_by_month
from tests.house.database.breaking_migrations import problems_of

LOADER = MigrationLoader(None)

# Migrations that break the queries of the version before them, each with the reason why that is acceptable.
ACCEPTED: dict[str, str] = {}


def ours() -> Iterator[tuple[str, Migration]]:
    """In the order in which they run."""
    for key in LOADER.graph._generate_plan(LOADER.graph.leaf_nodes(), at_end=True):
        yield ".".join(key), LOADER.disk_migrations[key]


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    state, found = ProjectState(), {}
    for name, migration in ours():
        # A squashed one only runs on a new database.
        if migration.app_label in settings.PRODUCT_APPS and not migration.replaces:
            if problems := problems_of(migration, state):
                found[name] = problems
        else:
            migration.mutate_state(state, preserve=False)
    return found


def test_no_migration_breaks_the_queries_of_the_version_before(found):
    new = {name: problems for name, problems in found.items() if name not in ACCEPTED}
    assert new == {}, "Expand first, contract in the next version: docs/scaling/running.md"


def test_every_accepted_migration_still_breaks_something(found):
    assert {name for name in ACCEPTED if name not in found} == set()


RENAMING = "ALTER TABLE x RENAME y TO z"


def drops_a_column(apps, editor):
    editor.execute("ALTER TABLE x DROP COLUMN y")


def calls_another(apps, editor):
    for call in [lambda: drops_a_column(apps, editor)]:
        call()


def executes_a_constant(apps, editor):
    editor.execute(RENAMING)


def partitions_a_table(apps, editor):
    partition_by_month(editor, "x", "at")


def says_it_in_two_parts(apps, editor):
    editor.execute("ALTER TABLE x ADD z int, DROP y", [])


def changes_rows(apps, editor):
    editor.execute("ALTER TABLE x ADD y int")
    editor.execute("DROP INDEX IF EXISTS x_y")


def code(**values) -> models.Field:
    return models.CharField(max_length=20, **values)


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (steps.DeleteModel("Thing"), "drops the table of Thing"),
        (steps.RenameModel("Thing", "Item"), "renames the table of Thing"),
        (steps.AlterModelTable("Thing", "items"), "renames the table of Thing"),
        (steps.RemoveField("thing", "code"), "drops thing.code"),
        (steps.RenameField("thing", "code", "key"), "renames thing.code"),
        (steps.AddField("thing", "more", code()), "thing.more is NOT NULL without a db_default"),
        (steps.AddField("thing", "more", code(default="x")), "thing.more is NOT NULL without a db_default"),
        (steps.AlterField("thing", "empty", code(db_default="")), "thing.empty becomes NOT NULL"),
        (steps.AlterField("thing", "given", code()), "thing.given loses its db_default"),
        (steps.AlterField("thing", "code", code(db_column="key")), "thing.code gets another column"),
        (steps.AlterField("thing", "code", models.CharField(max_length=9)), "thing.code becomes shorter"),
        (steps.AlterField("thing", "code", models.IntegerField()), "thing.code gets another type"),
        (steps.RunSQL("ALTER TABLE x\n  DROP COLUMN y"), "says DROP COLUMN Y"),
        (steps.RunSQL("DROP TABLE IF EXISTS x"), "says DROP TABLE"),
        (steps.RunSQL("ALTER TABLE x DROP y"), "says DROP Y"),
        (steps.RunSQL(["ALTER TABLE x ADD z int, DROP y"]), "says DROP Y"),
        (steps.RunSQL('ALTER TABLE IF EXISTS ONLY "x" RENAME y TO z'), "says RENAME Y TO Z"),
        (steps.RunSQL("ALTER TABLE x RENAME TO z"), "says RENAME TO Z"),
        (steps.RunSQL("ALTER TABLE x RENAME COLUMN y TO z"), "says RENAME COLUMN Y TO Z"),
        (steps.RunSQL("alter table x alter y set not null"), "says ALTER Y SET NOT NULL"),
        (steps.RunSQL("ALTER TABLE x ALTER COLUMN y TYPE text"), "says ALTER COLUMN Y TYPE TEXT"),
        (steps.RunSQL("ALTER TABLE x ALTER y SET DATA TYPE text"), "says ALTER Y SET DATA TYPE TEXT"),
        (steps.RunSQL("ALTER TABLE x ADD COLUMN y int NOT NULL"), "says ADD COLUMN Y INT NOT NULL"),
        (steps.RunSQL("ALTER TABLE x ADD y numeric(9, 2) NOT NULL"), "says ADD Y NUMERIC(9, 2) NOT NULL"),
        (steps.RunPython(drops_a_column), "says DROP COLUMN Y"),
        (steps.RunPython(calls_another), "says DROP COLUMN Y"),
        (steps.RunPython(executes_a_constant), "says RENAME Y TO Z"),
        (steps.RunPython(says_it_in_two_parts), "says DROP Y"),
        (steps.RunSQL("ALTER TABLE x ALTER y DROP DEFAULT"), "says ALTER Y DROP DEFAULT"),
        (steps.RunSQL("ALTER TABLE x ALTER COLUMN y DROP IDENTITY"), "says ALTER COLUMN Y DROP IDENTITY"),
        (
            steps.SeparateDatabaseAndState(database_operations=[steps.RemoveField("thing", "code")]),
            "drops thing.code",
        ),
        (steps.AddField("thing", "more", code(null=True)), None),
        (steps.AddField("thing", "more", code(db_default="")), None),
        (steps.AlterField("thing", "code", code(null=True)), None),
        (steps.AlterField("thing", "code", models.CharField(max_length=40)), None),
        (steps.AlterField("thing", "code", code(verbose_name="key")), None),
        (steps.AddIndex("thing", models.Index(fields=["code"], name="thing_code")), None),
        (steps.RunSQL("UPDATE x SET y = 1"), None),
        (steps.RunSQL("ALTER TABLE x ADD y numeric(9, 2) NOT NULL DEFAULT 0, ADD z int"), None),
        (steps.RunSQL("ALTER TABLE x ADD y int GENERATED ALWAYS AS (z + 1) STORED NOT NULL"), None),
        (steps.RunSQL("ALTER TABLE x ADD CONSTRAINT y CHECK (z IS NOT NULL)"), None),
        (steps.RunSQL("ALTER TABLE x DROP CONSTRAINT y, ALTER y DROP NOT NULL, ALTER z SET DEFAULT 1"), None),
        (steps.RunSQL("ALTER TABLE x ADD y int; DROP INDEX x_y"), None),
        (steps.RunPython(changes_rows), None),
    ],
)
def test_what_breaks_the_queries_of_the_version_before(step, problem):
    fields = [("code", code()), ("empty", code(null=True)), ("given", code(db_default="x"))]
    state = ProjectState()
    steps.CreateModel("Thing", [("id", models.AutoField(primary_key=True)), *fields]).state_forwards(
        "crm", state
    )
    migration = Migration("0099_later", "crm")
    migration.operations = [step]
    assert problems_of(migration, state) == ([problem] if problem else [])


def test_what_another_module_does_for_a_migration_is_found():
    migration = Migration("0099_later", "crm")
    migration.operations = [steps.RunPython(partitions_a_table)]
    found = problems_of(migration, ProjectState())
    assert {"says ALTER ID DROP IDENTITY", "says RENAME TO {PART}"} <= {one.split('"')[0] for one in found}


def test_a_migration_may_do_anything_with_a_table_that_it_makes():
    migration = Migration("0099_later", "crm")
    migration.operations = [
        steps.CreateModel("Thing", [("id", models.AutoField(primary_key=True)), ("code", code())]),
        steps.AddField("thing", "more", code()),
        steps.RemoveField("thing", "code"),
    ]
    assert problems_of(migration, ProjectState()) == []
