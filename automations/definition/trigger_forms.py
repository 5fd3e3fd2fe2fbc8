"""The forms of triggers: the status, or the field with the values between which it changes, in the form in which changes are recorded."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import ForeignKey
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from automations.definition.action_types import build_form_data
from automations.definition.clock_forms import (
    ActivityForm,
    DailyForm,
    DateForm,
    MeetingTimeForm,
    OverdueForm,
    QuietForm,
)
from automations.definition.response_forms import MailingForm, SequenceEndForm
from automations.definition.trigger_types import TriggerType, get_status_column
from crm.fields.conditions.field_filters import ME, NONE, TEAM, AnyOf, YesNoFilter
from crm.fields.custom.values.field_registry import get_custom_field, is_computed
from crm.platform.sql.change_triggers import get_recorded_columns
from crm.platform.web.rendering.form_rendering import Form
from crm.records.kinds.kind_registry import Kind

# An empty value, as opposed to any value.
EMPTY = "none"


class NoValuesForm(Form):
    """For a trigger that needs nothing else."""

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.kind = kind


class StatusValueForm(NoValuesForm):
    status = forms.ChoiceField(label=_("Status"))

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, kind=kind, user=user, **keywords)
        choices = get_value_choices(kind, get_status_name(kind), user)
        self.fields["status"].choices = [("", _("Choose…")), *choices]

    def get_values(self) -> dict[str, Any]:
        name = get_status_name(self.kind)
        return {"status": convert_to_recorded(self.kind, name, self.cleaned_data["status"])}


class FieldValueForm(NoValuesForm):
    """The field first; a field with choices is then asked for the values too."""

    field = forms.ChoiceField(
        label=_("Field"), widget=forms.Select(attrs={"data-asks-again": True, "class": "input"})
    )

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, kind=kind, user=user, **keywords)
        self.fields["field"].choices = [("", _("Choose…")), *get_changeable_fields(kind, user)]
        chosen = self.data.get(self.add_prefix("field"), "") or self.initial.get("field", "")
        choices = get_value_choices(kind, chosen, user) if chosen else []
        for name, label in (("from", _("From")), ("to", _("To"))) if choices else ():
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", _("any value")), *choices],
                widget=forms.Select(attrs={"class": "input"}),
            )

    def get_values(self) -> dict[str, Any]:
        name = self.cleaned_data["field"]
        found = {"field": name}
        for end in ("from", "to"):
            if value := self.cleaned_data.get(end):
                found[end] = convert_to_recorded(self.kind, name, value)
        return found


FORMS: dict[tuple[str, ...], type[Form]] = {
    (): NoValuesForm,
    ("status",): StatusValueForm,
    ("field", "from", "to"): FieldValueForm,
    ("type",): ActivityForm,
    ("quiet", "time"): QuietForm,
    ("field", "side", "days", "time"): DateForm,
    ("number", "unit", "side"): MeetingTimeForm,
    ("days", "time"): OverdueForm,
    ("on", "time"): DailyForm,
    ("mailing",): MailingForm,
    ("sequence", "reason"): SequenceEndForm,
}


def build_trigger_form(
    trigger: TriggerType,
    kind: Kind,
    values: Mapping[str, Any] | None,
    user: Any,
    *,
    prefix: str | None = None,
) -> Any:
    """The form of a trigger, bound to what was sent, with the prefix in its names; unbound without any."""
    data = None if values is None else build_form_data(dict(values))
    form: Any = FORMS[trigger.values]
    more = {"trigger": trigger.code} if form is MailingForm else {}
    return form(data, kind=kind, user=user, prefix=prefix, **more)


def get_trigger_values(form: Any) -> dict[str, Any]:
    """The values of a valid form as the automation keeps them."""
    return form.get_values() if form.fields else {}


def get_sent_trigger_values(kind: Kind, values: Mapping[str, Any]) -> dict[str, str]:
    """Kept values as the form sends them."""
    return {name: _get_sent_text(value) for name, value in values.items()}


def _get_sent_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return EMPTY if value in (None, "") else str(value)


def get_status_name(kind: Kind) -> str:
    """The field with the status of such records: "status", "state"."""
    return get_status_column(kind).removesuffix("_id")


def get_changeable_fields(kind: Kind, user: Any) -> list[tuple[str, str]]:
    """The fields whose changes are recorded and that people see, with their labels, in alphabetical order."""
    recorded, hidden = get_recorded_columns(kind.model), kind.model.unshown
    found = [
        (field.name, str(capfirst(kind.get_heading(field.name))))
        for field in kind.model._meta.local_concrete_fields
        if field.column in recorded and field.column not in hidden and field.editable
    ]
    custom = [field for field in kind.get_custom_fields(user) if not is_computed(field)]
    found += [(field.name, str(capfirst(str(field.verbose_name)))) for field in custom]
    return sorted(found, key=lambda one: one[1].casefold())


def get_value_choices(kind: Kind, name: str, user: Any) -> list[tuple[str, Any]]:
    """The values of a field as the filter of lists offers them; none for a field without choices."""
    item = kind.filters.base_filters.get(name)
    if item is None and (custom := get_custom_field(kind.name, name)):
        item = custom.type.build_filter(custom)
    if isinstance(item, YesNoFilter):
        return [("yes", _("yes")), ("no", _("no"))]
    if not isinstance(item, AnyOf):
        return []
    return [(str(value), label) for value, label in item.choices_for(user) if value not in (ME, TEAM)]


def convert_to_recorded(kind: Kind, name: str, value: str) -> Any:
    """The value of such a choice as a change has it."""
    if value == NONE:
        return None
    if value in ("yes", "no"):
        return value == "yes"
    own = {field.name: field for field in kind.model._meta.local_concrete_fields}
    is_row = isinstance(own[name], ForeignKey) if name in own else value.isdecimal()
    return int(value) if is_row else value
