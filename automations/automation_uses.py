"""Which automations name a status, a source, a field, a department or a user, in their conditions, triggers or steps: the pages that delete, retire or
deactivate one of them name the automations. Replacing a value, as merging statuses does, rewrites all three."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import ngettext_lazy

from accounts.models import Department, User
from automations.models import Automation
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.models import CustomField, Tag, Template, Webhook
from crm.records.kinds.record_uses import Uses, build_uses_by_rules
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX
from crm.records.listing.saved_view_replacement import replace_value_everywhere
from leads.models import LostReason, Pipeline, Source, Status
from sequences.models import Sequence

# The names by which conditions, triggers and steps hold the id of each.
NAMES: dict[Any, tuple[str, ...]] = {
    Status: ("status",),
    Source: ("source",),
    Tag: ("tags",),
    LostReason: ("lost_reason",),
    Pipeline: ("pipeline",),
    Department: ("department",),
    Template: ("template",),
    Webhook: ("webhook",),
    Sequence: ("sequence",),
    User: ("owner", "created_by", "user", "people"),
}
# What a filter calls differently than the form of a step.
OF_STEPS = {"reason": "lost_reason"}


def find_automations_using(record: Any, viewer: User) -> list[Uses]:
    """Also those that are turned off, because they may be turned on again."""
    if isinstance(record, CustomField):
        rows = [
            one
            for one in Automation.objects.active().of_type(record.table_of).in_order()
            if record.key in {name for name, _value in _iterate_named_values(one)}
        ]
        return _build_uses(rows, OF_FIELDS, viewer)
    names = NAMES.get(type(record))
    if not names:
        return []
    wanted = {(name, str(record.pk)) for name in names}
    automations = list(Automation.objects.active().in_order())
    rows = [one for one in automations if wanted.intersection(_iterate_named_values(one))]
    if not isinstance(record, User):
        return _build_uses(rows, OF_VALUES, viewer)
    own = [one for one in automations if one.owner_id == record.pk]
    return [*_build_uses(own, OF_OWNERS, viewer), *_build_uses(rows, OF_VALUES, viewer)]


OF_FIELDS = ngettext_lazy(
    "%(number)s automation uses the field. It’s turned off when it would act without the field",
    "%(number)s automations use the field. They’re turned off when they would act without the field",
    "number",
)
OF_VALUES = ngettext_lazy(
    "%(number)s automation names it. Check the automation afterwards",
    "%(number)s automations name it. Check the automations afterwards",
    "number",
)
OF_OWNERS = ngettext_lazy(
    "%(number)s automation acts for this user. It’s turned off when it would act. Choose another owner for it",
    "%(number)s automations act for this user. They’re turned off when they would act. Choose another owner for them",
    "number",
)


def _build_uses(rows: list[Automation], words: Any, viewer: User) -> list[Uses]:
    return build_uses_by_rules(rows, words, viewer, "automations:automation")


def _iterate_named_values(automation: Automation) -> Iterator[tuple[str, str]]:
    """The names of fields in conditions, trigger and steps, each with a value as a text."""
    for parameter, values in automation.parameters.lists():
        name = parameter.removeprefix(ALTERNATIVE_PREFIX).partition(OPERATOR_SEPARATOR)[0]
        yield from ((name, value) for value in values)
    trigger = automation.trigger_values
    field = trigger.get("field", "status")
    yield from ((field, str(trigger[name])) for name in ("from", "to", "status") if name in trigger)
    yield field, ""
    if "sequence" in trigger:
        yield "sequence", str(trigger["sequence"])
    for step in automation.parsed_steps:
        chosen = step.values.get("field", "")
        yield chosen, ""
        for name, value in step.values.items():
            known = chosen if name == "value" else OF_STEPS.get(name, name)
            yield from ((known, str(one)) for one in (value if isinstance(value, list) else [value]))


def replace_value_in_automations(parameter: str, old: int | str, new: int | str) -> None:
    """Replace a value everywhere, such as a status that was merged into another one, within the operation that merges it."""
    for automation in Automation.objects.active():
        changes = {
            "conditions": replace_value_everywhere(automation.conditions, parameter, old, new),
            "trigger_values": _replace_in_trigger(automation.trigger_values, parameter, old, new),
            "steps": [_replace_in_step(step, parameter, old, new) for step in automation.steps],
        }
        if any(getattr(automation, name) != value for name, value in changes.items()):
            Automation.objects.filter(pk=automation.pk).update(**changes)


def _replace_in_trigger(values: dict[str, Any], parameter: str, old: Any, new: Any) -> dict[str, Any]:
    if values.get("field", "status") != parameter.partition(OPERATOR_SEPARATOR)[0]:
        return values
    named = ("from", "to", "status")
    return {name: _replace(value, old, new) if name in named else value for name, value in values.items()}


def _replace_in_step(step: dict[str, Any], parameter: str, old: Any, new: Any) -> dict[str, Any]:
    wanted, values = parameter.partition(OPERATOR_SEPARATOR)[0], step["values"]
    found = {}
    for name, value in values.items():
        known = values.get("field") if name == "value" else OF_STEPS.get(name, name)
        if known != wanted:
            found[name] = value
        elif isinstance(value, list):
            found[name] = list(dict.fromkeys(_replace(one, old, new) for one in value))
        else:
            found[name] = _replace(value, old, new)
    return {**step, "values": found}


def _replace(value: Any, old: Any, new: Any) -> Any:
    """In the form that the value has: ids of triggers are numbers, those of steps are texts."""
    return type(value)(new) if str(value) == str(old) and value is not None else value
