"""Set one field of many records: one bulk action for built-in and custom fields."""

from copy import deepcopy

from django import forms
from django.forms.models import modelform_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.values.field_registry import get_editable_custom_fields, is_written_as_text
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.platform.web.rendering.form_rendering import Form, ModelForm, prepare_widgets
from crm.records.editing.bulk_actions import BulkAction
from crm.records.kinds.kind_registry import KINDS, Kind


class SetFieldForm(Form):
    """First the field, then its value; `asked` says for which field the page has asked for a value."""

    table = ""
    field = forms.ChoiceField(label=_("Field"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        kind = KINDS[self.table]
        self.offered = get_settable_fields(kind, user)
        self.fields["field"].choices = [
            ("", _("Choose…")),
            *((name, label) for name, (label, _f) in self.offered.items()),
        ]
        chosen = self.data.get(self.add_prefix("field"), "")
        self.chosen = self.offered.get(chosen)
        if not self.chosen:
            return
        self.fields["asked"] = forms.CharField(widget=forms.HiddenInput, initial=chosen, required=False)
        value = deepcopy(self.chosen[1])
        value.required = chosen in get_required_field_names(kind.name)
        value.label = _("New value")
        value.help_text = "" if value.required else get_clearing_help(value)
        value.widget.attrs["autofocus"] = True
        self.fields["value"] = value
        prepare_widgets(self)
        if not self._has_asked(chosen):
            # The page asks for the value first; nothing is wrong yet.
            self.is_bound = False
            self.initial = {**self.initial, "field": chosen, "asked": chosen}

    def _has_asked(self, chosen: str) -> bool:
        """A program sends the value alone; the page says for which field it asked."""
        asked = self.add_prefix("asked")
        return self.data[asked] == chosen if asked in self.data else self.add_prefix("value") in self.data


def get_clearing_help(field: forms.Field) -> str:
    """How to clear a field that isn't required: with its choice for no value, such as "Unassigned", if that has a word."""
    first = next(iter(getattr(field, "choices", ())), None)
    if first is None or first[0] != "" or not (word := str(first[1]).strip("-")):
        return _now("Leave it empty to clear the field.")
    return _now("Choose “%(word)s” to clear the field.") % {"word": word}


def get_settable_fields(kind: Kind, user) -> dict[str, tuple[str, forms.Field]]:
    """The fields that can be set, by name: their labels and form fields. Owner, status and so on have their own actions."""
    own = modelform_factory(kind.model, form=ModelForm, fields=kind.fields.SET).base_fields
    found = {name: (kind.get_heading(name), own[name]) for name in kind.fields.SET}
    custom = get_editable_custom_fields(kind.name, user)
    return found | {
        field.name: (str(capfirst(str(field.verbose_name))), build_form_field(field, user))
        for field in custom
        if is_written_as_text(field) and not field.definition.required
    }


def build_set_field_action(table: str) -> BulkAction:
    """The action for a record type."""
    form = type("SetFieldForm", (SetFieldForm,), {"table": table})
    return BulkAction(
        "set",
        _("Set a field"),
        "edit",
        "change",
        form,
        lambda data, user: KINDS[table].edit({data["field"]: data["value"]}),
    )
