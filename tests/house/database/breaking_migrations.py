"""What a migration does that the queries of the version before it would stumble over."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as steps
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

OURS = {*settings.PRODUCT_APPS, "tests"}

DROPPED_TABLE = re.compile(r"\bDROP\s+TABLE\b", re.IGNORECASE)
# Up to the next statement, which may be another text of the same function.
ALTER_TABLE = re.compile(
    r"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?\S+\s+((?:(?!\bALTER\s+TABLE\b)[^;])*)", re.IGNORECASE
)
# Two parts of a Python text that are written as one.
JOINED = re.compile(r"(['\"])\s+f?\1")
QUOTES = " \n\"'"
# Actions of ALTER TABLE; PostgreSQL doesn't need the word COLUMN in any of them.
BREAKING = re.compile(
    r"""(DROP \s+ (?!CONSTRAINT\b)
      | RENAME \s+ (?!CONSTRAINT\b)
      | ALTER \s+ (COLUMN \s+)? \S+ \s+
            ((SET \s+ DATA \s+)? TYPE | SET \s+ NOT \s+ NULL | DROP \s+ (DEFAULT|IDENTITY)) \b
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
    """Its source, and that of our functions and the texts that it uses, in whichever module they are."""
    yield inspect.getsource(function)
    for name in _names_in(function.__code__):
        used = inspect.unwrap(function.__globals__.get(name))
        place = f"{function.__module__}.{name}"
        if place in seen or used is None:
            continue
        seen.add(place)
        if inspect.isfunction(used) and used.__module__.partition(".")[0] in OURS:
            yield from _said_by(used, seen)
        elif isinstance(used, str | list | tuple | dict):
            yield str(used)


def _names_in(code: Any) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names_in(constant)
