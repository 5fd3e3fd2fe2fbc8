"""What saving the form of a custom field would change for the forms, mappings and rules that use the field."""

from typing import Any

from crm.records.kinds.record_uses import Requirement, Retirement


def get_planned_changes(form: Any, data: dict[str, Any]) -> list[Any]:
    """A field that becomes required, by itself or in more departments; and one that is retired."""
    if data.get("retired"):
        return [] if form.initial.get("retired") else [Retirement(form.instance)]
    return [_build_requirement(form, data)] if _asks_more(form, data) else []


def _asks_more(form: Any, data: dict[str, Any]) -> bool:
    """A field that only some answers show isn't required of every record."""
    if not data.get("required") or data.get("shown_field") or data.get("first_value"):
        return False
    before, now = form.initial.get("departments") or [], data.get("departments") or []
    wider = bool(before) and not (now and set(now) <= set(before))
    return form.is_new or not form.initial.get("required") or wider


def _build_requirement(form: Any, data: dict[str, Any]) -> Requirement:
    name = "" if form.is_new else form.instance.key
    departments = tuple(data.get("departments") or ())
    return Requirement(form.kind.name, name, data.get("name", ""), departments)
