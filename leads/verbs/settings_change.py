"""Changes of settings as operations: the permission that each requires, also for its undo, and its name in words.

They are verbs only for their name and permission; leads/settings/ does the writing.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.models import Tag
from crm.records.editing.settings_change import register_settings_verb
from leads.models import AssignmentRule, LostReason, Pipeline, ScoreRule, Source, SourceCost, Status
from leads.ready_pipelines.catalog import READY_PIPELINES

MODELS: dict[str, Any] = {
    "status": Status,
    "source": Source,
    "pipeline": Pipeline,
    "tag": Tag,
    "lost_reason": LostReason,
    "source_cost": SourceCost,
    "assignment_rule": AssignmentRule,
    "score_rule": ScoreRule,
}


def join_row_labels(table: str, ids: list[int]) -> str:
    """The current names of some rows: "New, Contacted"."""
    rows = MODELS[table].objects.in_bulk(ids or [])
    return ", ".join(rows[pk].label for pk in ids or [] if pk in rows) or _("(deleted)")


def _describe_add(table: str, parameters: dict) -> str:
    thing = MODELS[table]._meta.verbose_name
    return _("Add %(thing)s %(name)s") % {
        "thing": thing,
        "name": join_row_labels(table, parameters.get("rows", [])),
    }


def _describe_edit(table: str, parameters: dict) -> str:
    things, ids = MODELS[table]._meta.verbose_name_plural, parameters.get("rows", [])
    values = {
        "things": things,
        "thing": MODELS[table]._meta.verbose_name,
        "names": join_row_labels(table, ids),
    }
    match parameters.get("act"):
        case "retire":
            return _("Retire %(things)s: %(names)s") % values
        case "activate":
            return _("Activate %(things)s: %(names)s") % values
        case "rename":
            return _("Rename %(things)s: %(names)s") % values
        case "order":
            return _("Reorder %(things)s") % values
    return _("Edit %(thing)s %(names)s") % values


def _describe_retire(table: str, parameters: dict) -> str:
    """Deleting: what was deleted, and where its leads went."""
    thing, successor = MODELS[table]._meta.verbose_name, parameters.get("successor")
    values = {"thing": thing, "name": join_row_labels(table, parameters.get("rows", []))}
    if successor is None:
        return _("Delete %(thing)s %(name)s") % values
    values["successor"] = join_row_labels(table, [successor])
    return _("Delete %(thing)s %(name)s and move its records to %(successor)s") % values


def describe_merge(table: str, parameters: dict) -> str:
    values = {
        "things": MODELS[table]._meta.verbose_name_plural,
        "names": join_row_labels(table, parameters.get("rows", [])),
        "into": join_row_labels(table, [parameters.get("successor", 0)]),
    }
    return _("Merge %(things)s: %(names)s into %(into)s") % values


def _describe_pipeline_retirement(table: str, parameters: dict) -> str:
    name, successor = join_row_labels(table, parameters.get("rows", [])), parameters.get("successor")
    if successor is None:
        return _("Retire pipeline %(name)s") % {"name": name}
    values = {"name": name, "successor": join_row_labels(table, [successor])}
    return _("Retire pipeline %(name)s and move its records to %(successor)s") % values


def _describe_ready_pipeline(table: str, parameters: dict) -> str:
    ready = READY_PIPELINES.get(parameters.get("name", ""))
    return _("Use the ready-made pipeline: %(name)s") % {"name": ready.title if ready else _("(deleted)")}


def _describe_cost(table: str, parameters: dict) -> str:
    values = {
        "before": "",
        "after": "",
        **parameters,
        "name": join_row_labels("source", parameters.get("rows", [])),
    }
    values["month"] = date_format(date.fromisoformat(parameters["month"]), "F Y")
    if not values["before"]:
        return _("Cost of %(name)s in %(month)s: %(after)s") % values
    if not values["after"]:
        return _("Cost of %(name)s in %(month)s deleted (was %(before)s)") % values
    return _("Cost of %(name)s in %(month)s: %(before)s → %(after)s") % values


def _describe_rates(table: str, parameters: dict) -> str:
    values = {"rate": "", "before": "", **parameters}
    if not values["before"]:
        return _("Exchange rate for %(currency)s from %(day)s: %(rate)s") % values
    if not values["rate"]:
        return _("Exchange rate for %(currency)s from %(day)s deleted (was %(before)s)") % values
    return _("Exchange rate for %(currency)s from %(day)s: %(before)s → %(rate)s") % values


def _describe_queue_rules_edit(table: str, parameters: dict) -> str:
    return _("Edit the rules of the queue")


def _register_settings_verb(name: str, right: str, table: str, sentence: Callable[[str, dict], str]) -> None:
    """Register a kind of operation (crm/records/history/verb_execution.py, crm/records/history/undo/field_reversal.py)."""
    register_settings_verb(name, right, lambda parameters: sentence(table, parameters))


_register_settings_verb("add_status", "leads.add_status", "status", _describe_add)
_register_settings_verb("edit_status", "leads.change_status", "status", _describe_edit)
_register_settings_verb("retire_status", "leads.delete_status", "status", _describe_retire)
_register_settings_verb("merge_statuses", "leads.delete_status", "status", describe_merge)
_register_settings_verb("add_source", "leads.add_source", "source", _describe_add)
_register_settings_verb("edit_source", "leads.change_source", "source", _describe_edit)
_register_settings_verb("retire_source", "leads.delete_source", "source", _describe_retire)
_register_settings_verb("merge_sources", "leads.delete_source", "source", describe_merge)
_register_settings_verb("source_cost", "leads.change_source", "source_cost", _describe_cost)
_register_settings_verb("add_pipeline", "leads.add_pipeline", "pipeline", _describe_add)
_register_settings_verb("edit_pipeline", "leads.change_pipeline", "pipeline", _describe_edit)
_register_settings_verb("retire_pipeline", "leads.delete_pipeline", "pipeline", _describe_pipeline_retirement)
_register_settings_verb("use_ready_pipeline", "leads.change_pipeline", "pipeline", _describe_ready_pipeline)
_register_settings_verb("add_tag", "crm.add_tag", "tag", _describe_add)
_register_settings_verb("edit_tag", "crm.change_tag", "tag", _describe_edit)
_register_settings_verb("add_lost_reason", "leads.add_lostreason", "lost_reason", _describe_add)
_register_settings_verb("edit_lost_reason", "leads.change_lostreason", "lost_reason", _describe_edit)
_register_settings_verb("exchange_rate", "leads.change_rate", "", _describe_rates)
_register_settings_verb("add_assignment_rule", "leads.add_assignmentrule", "assignment_rule", _describe_add)
_register_settings_verb(
    "edit_assignment_rule", "leads.change_assignmentrule", "assignment_rule", _describe_edit
)
_register_settings_verb(
    "retire_assignment_rule", "leads.delete_assignmentrule", "assignment_rule", _describe_retire
)
_register_settings_verb("add_score_rule", "leads.add_scorerule", "score_rule", _describe_add)
_register_settings_verb("edit_score_rule", "leads.change_scorerule", "score_rule", _describe_edit)
_register_settings_verb("retire_score_rule", "leads.delete_scorerule", "score_rule", _describe_retire)
_register_settings_verb(
    "edit_queue_rules", "leads.change_queuerules", "queue_rules", _describe_queue_rules_edit
)
