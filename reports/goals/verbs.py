"""Changes of goals as operations: the permission that each requires, also for its undo, and its name in words."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import Department, User
from crm.records.editing.settings_change import register_settings_verb
from reports.models import Goal

ADD, EDIT, DELETE, COPY = "add_goal", "edit_goal", "delete_goal", "copy_goals"


def build_verb_parameters(goal: Goal, before: Decimal | None, after: Decimal | None) -> dict[str, Any]:
    return {
        "measure": goal.measure,
        "month": goal.month.isoformat(),
        "user": goal.user_id,
        "department": goal.department_id,
        "before": _format_target(before),
        "after": _format_target(after),
    }


def _format_target(target: Decimal | None) -> str:
    """12.00 as 12."""
    return "" if target is None else f"{target:.2f}".removesuffix(".00")


def _get_sentence_values(parameters: dict) -> dict[str, Any]:
    measure = Goal.Measure(parameters["measure"])
    return {
        "name": _get_owner_name(parameters),
        "number": measure.label,
        "month": date_format(date.fromisoformat(parameters["month"]), "F Y"),
        "before": parameters.get("before", ""),
        "after": parameters.get("after", ""),
    }


def _get_owner_name(parameters: dict) -> str:
    """A user or department that the reader can't see has the ID 0."""
    models: dict[str, type[Model]] = {"user": User, "department": Department}
    for name, model in models.items():
        if parameters.get(name) is not None:
            row = model._default_manager.filter(pk=parameters[name]).first()
            return str(row) if row else _("(hidden)")
    return _("Whole company")


def _describe_copied_goals(parameters: dict) -> str:
    count = parameters.get("copied", 0)
    month = date_format(date.fromisoformat(parameters["month"]), "F Y")
    words = ngettext("Copy %(number)s goal to %(month)s", "Copy %(number)s goals to %(month)s", count)
    return words % {"number": count, "month": month}


def _build_describer(sentence: str | Promise) -> Callable[[dict], str]:
    return lambda parameters: str(sentence) % _get_sentence_values(parameters)


register_settings_verb(
    ADD,
    Goal.get_right("add"),
    _build_describer(_lazy("Add goal of %(name)s for %(month)s: %(number)s %(after)s")),
    "chart",
)
register_settings_verb(
    EDIT,
    Goal.get_right("change"),
    _build_describer(_lazy("Goal of %(name)s for %(month)s: %(number)s %(before)s → %(after)s")),
    "chart",
)
register_settings_verb(
    DELETE,
    Goal.get_right("delete"),
    _build_describer(_lazy("Delete goal of %(name)s for %(month)s: %(number)s %(before)s")),
    "chart",
)
register_settings_verb(COPY, Goal.get_right("add"), _describe_copied_goals, "chart")

EVENTS = [
    (
        _lazy("Goals"),
        [
            (ADD, _lazy("goal added")),
            (EDIT, _lazy("goal edited")),
            (DELETE, _lazy("goal deleted")),
            (COPY, _lazy("goals copied to a month")),
        ],
    ),
]
