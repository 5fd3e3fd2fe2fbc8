"""While a new version is deployed, nodes of the previous one still run. After a migration, their queries must still work.

docs/operations.md ("Updating without downtime") says how: expand, then contract in the next version.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as steps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

LOADER = MigrationLoader(None)

# Migrations that break the queries of the version before them, each with the reason why that is acceptable.
ONE_MACHINE = "from a version that ran on one machine, where the previous version has stopped before the migration begins"
ACCEPTED = {
    "crm.0003_webhooks_that_fail": ONE_MACHINE,
    "crm.0004_custom_fields": ONE_MACHINE,
    "crm.0005_saved_view_uses_and_widths": ONE_MACHINE,
    "crm.0009_who_edits_custom_fields": ONE_MACHINE,
    "crm.0010_formulas": ONE_MACHINE,
    "crm.0012_quick_custom_fields": ONE_MACHINE,
    "customers.0008_company_fields": ONE_MACHINE,
    "leads.0006_next_statuses": ONE_MACHINE,
    "mailings.0002_mailings": ONE_MACHINE,
    "mailings.0003_content": ONE_MACHINE,
}

DROPPED_TABLE = re.compile(r"\bDROP\s+TABLE\b", re.IGNORECASE)
ALTER_TABLE = re.compile(r"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?\S+\s+([^;]*)", re.IGNORECASE)
# Two parts of a Python text that are written as one.
JOINED = re.compile(r"(['\"])\s+f?\1")
QUOTES = " \n\"'"
# Actions of ALTER TABLE; PostgreSQL doesn't need the word COLUMN in any of them.
BREAKING = re.compile(
    r"""(DROP \s+ (?!CONSTRAINT\b)
      | RENAME \s+ (?!CONSTRAINT\b)
      | ALTER \s+ (COLUMN \s+)? \S+ \s+ ((SET \s+ DATA \s+)? TYPE | SET \s+ NOT \s+ NULL) \b
      | ADD \s+ (?!(CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE)\b)
            (?!.*\b(DEFAULT|GENERATED|SERIAL|BIGSERIAL)\b) (?=.*\b(NOT \s+ NULL|PRIMARY \s+ KEY)\b))""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def problems_of(migration: Migration, state: ProjectState) -> list[str]:
    """What the queries of the version before would stumble over; `state` is that before the migration, and after it when this
    returns."""
    made: set[str] = set()
    found: list[str] = []
    for step in migration.operations:
        found += _problems(step, migration.app_label, state, made)
        step.state_forwards(migration.app_label, state)
    return found


def _problems(step: steps.base.Operation, app: str, state: ProjectState, made: set[str]) -> Iterator[str]:
    """`made` are the models that the migration makes: the previous version doesn't know them."""
    if isinstance(step, steps.SeparateDatabaseAndState):
        for one in step.database_operations:
            yield from _problems(one, app, state, made)
    elif isinstance(step, steps.RunSQL):
        yield from _in_text(step.sql if isinstance(step.sql, str) else ";".join(map(str, step.sql)))
    elif isinstance(step, steps.RunPython):
        yield from _in_text("\n;\n".join(_said_by(step.code, set())))
    elif isinstance(step, steps.CreateModel):
        made.add(step.name_lower)
    elif isinstance(step, steps.DeleteModel) and step.name_lower not in made:
        yield f"drops the table of {step.name}"
    elif isinstance(step, steps.RenameModel) and step.old_name_lower not in made:
        yield f"renames the table of {step.old_name}"
    elif isinstance(step, steps.AlterModelTable) and step.name_lower not in made:
        yield f"renames the table of {step.name}"
    elif getattr(step, "model_name_lower", "") not in made:
        yield from _problems_of_field(step, app, state)


def _problems_of_field(step: steps.base.Operation, app: str, state: ProjectState) -> Iterator[str]:
    if isinstance(step, steps.RemoveField):
        yield f"drops {step.model_name}.{step.name}"
    elif isinstance(step, steps.RenameField):
        yield f"renames {step.model_name}.{step.old_name}"
    elif isinstance(step, steps.AddField) and _is_required(step.field):
        yield f"{step.model_name}.{step.name} is NOT NULL without a db_default"
    elif isinstance(step, steps.AlterField):
        before = state.models[app, step.model_name_lower].fields[step.name]
        for words in _alterations(before, step.field):
            yield f"{step.model_name}.{step.name} {words}"


def _alterations(before: models.Field, after: models.Field) -> Iterator[str]:
    if before.many_to_many:
        return
    if before.null and not after.null:
        yield "becomes NOT NULL"
    if not after.null and _has_default(before) and not _has_default(after):
        yield "loses its db_default"
    if before.db_column != after.db_column:
        yield "gets another column"
    if (before.max_length or 0) > (after.max_length or 10**9):
        yield "becomes shorter"
    if _type_of(before) != _type_of(after):
        yield "gets another type"


def _type_of(field: models.Field) -> str:
    """Without its length."""
    return "a link" if field.is_relation else (field.db_type(connection) or "").partition("(")[0]


def _is_required(field: models.Field) -> bool:
    """Whether an INSERT that doesn't name the column fails."""
    generated = field.generated or isinstance(field, models.AutoField)
    return not (field.null or field.many_to_many or generated or _has_default(field))


def _has_default(field: models.Field) -> bool:
    return field.db_default is not NOT_PROVIDED


def _in_text(text: str) -> Iterator[str]:
    if DROPPED_TABLE.search(text):
        yield "says DROP TABLE"
    for statement in ALTER_TABLE.finditer(JOINED.sub("", text)):
        for action in _actions(statement[1]):
            if BREAKING.match(action):
                yield f"says {' '.join(action.upper().split())}"


def _actions(text: str) -> Iterator[str]:
    """The parts between commas that aren't in parentheses, up to the end of the call in which the text is."""
    depth = start = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            text = text[:place]
            break
        if letter == "," and depth == 0:
            yield text[start:place].strip(QUOTES)
            start = place + 1
    yield text[start:].strip(QUOTES)


def _said_by(function: Any, seen: set[str]) -> Iterator[str]:
    """Its source, and that of the functions and the texts of its module that it uses."""
    yield inspect.getsource(function)
    for name in _names_in(function.__code__):
        used = function.__globals__.get(name)
        if name in seen or used is None:
            continue
        seen.add(name)
        if inspect.isfunction(used) and used.__module__ == function.__module__:
            yield from _said_by(used, seen)
        elif isinstance(used, str | list | tuple | dict):
            yield str(used)


def _names_in(code: Any) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names_in(constant)


def ours() -> Iterator[tuple[str, Migration]]:
    """In the order in which they run. Squashed ones only make new databases."""
    for key in LOADER.graph._generate_plan(LOADER.graph.leaf_nodes(), at_end=True):
        for one in LOADER.disk_migrations[key].replaces or [key]:
            migration = LOADER.disk_migrations[tuple(one)]
            yield f"{migration.app_label}.{migration.name}", migration


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    state, found = ProjectState(), {}
    for name, migration in ours():
        if migration.app_label in settings.PRODUCT_APPS:
            if problems := problems_of(migration, state):
                found[name] = problems
        else:
            migration.mutate_state(state, preserve=False)
    return found


def test_no_migration_breaks_the_queries_of_the_version_before(found):
    new = {name: problems for name, problems in found.items() if name not in ACCEPTED}
    assert new == {}, "Expand first, contract in the next version: docs/operations.md"


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


def test_a_migration_may_do_anything_with_a_table_that_it_makes():
    migration = Migration("0099_later", "crm")
    migration.operations = [
        steps.CreateModel("Thing", [("id", models.AutoField(primary_key=True)), ("code", code())]),
        steps.AddField("thing", "more", code()),
        steps.RemoveField("thing", "code"),
    ]
    assert problems_of(migration, ProjectState()) == []
