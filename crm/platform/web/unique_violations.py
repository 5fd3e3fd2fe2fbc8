"""Values that must be unique and are taken, although what judged a request didn't see it: which fields they're in, and whether
another try can solve it."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.platform.web.transactions import UNIQUE_VIOLATION, Busy, get_sqlstate

Outcome = TypeVar("Outcome")
# What PostgreSQL says of them, in any language: Key (name, department_id)=(Sales, 1) already exists.
COLUMNS = re.compile(r"\(([^=]{1,1000})\)=\(")


class ValueTaken(Exception):
    """Another row has the value, also when the request was judged again: it stays so until the user enters another one. `fields`
    are the model fields of the constraint, as far as they are known."""

    def __init__(self, fields: list[Any]) -> None:
        super().__init__()
        self.fields = fields

    @property
    def sentence(self) -> str:
        if not self.fields:
            return _(
                "Another record already has one of these values. Nothing was saved. Enter another value."
            )
        labels = ", ".join(str(capfirst(field.verbose_name)) for field in self.fields)
        words = _(
            "Another record already has this value: %(fields)s. Nothing was saved. Enter another value."
        )
        return words % {"fields": labels}


def retry_after_unique_violation(work: Callable[[], Outcome]) -> Outcome:
    """Run the work, and once more after a unique violation: if two users save the same name at once, the second one's form now
    sees the name and says so. Raises Taken if the same value is taken again, and Busy if another one is, because then yet
    another user was faster."""
    try:
        return work()
    except IntegrityError as error:
        if get_sqlstate(error) != UNIQUE_VIOLATION:
            raise
        first = get_unique_violation(error)
    try:
        return work()
    except IntegrityError as error:
        if get_sqlstate(error) != UNIQUE_VIOLATION:
            raise
        if get_unique_violation(error) != first:
            raise Busy from error
        raise ValueTaken(get_violated_fields(*first)) from error


def get_unique_violation(error: BaseException) -> tuple[str, str, str]:
    """The table, the constraint and the values of a unique violation."""
    diagnosis = getattr(error.__cause__, "diag", None) or getattr(error, "diag", None)
    names = ("table_name", "constraint_name", "message_detail")
    table, constraint, detail = (getattr(diagnosis, name, None) or "" for name in names)
    return table, constraint, detail


def get_violated_fields(table: str, _constraint: str, detail: str) -> list[Any]:
    found = COLUMNS.search(detail)
    columns = set(re.findall(r"[a-z_0-9]+", found[1])) if found else set()
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    return [field for field in model._meta.concrete_fields if field.column in columns] if model else []
