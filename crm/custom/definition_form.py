"""The form of a custom field's definition."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.custom.fields import made
from crm.custom.indexes import prepare, state_of
from crm.custom.types import TYPES
from crm.models import Operation
from crm.models.custom_field import MOST_CHOICES, MOST_FIELDS, MOST_QUICK, CustomField, add_choices
from crm.records.folding import plain
from crm.records.kinds import Kind
from crm.records.settings_form import SettingsForm

Type = CustomField.Type
LONGEST_CHOICE = 100
# The roles that may see a field, as choices. The app that knows roles adds the function.
ROLES: list[Callable[[], list[tuple[int, Any]]]] = []


class CustomFieldForm(SettingsForm):
    """The choices that exist have a text each, so that a renamed one keeps its records; new ones are typed one per line."""

    table = "custom_field"
    new_title = _("New field")
    new_choices = forms.CharField(
        label=_("choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One choice per line."),
    )
    roles = forms.TypedMultipleChoiceField(
        label=_("visible to"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = CustomField
        fields = [
            "name", "name_ro", "type", "help", "help_ro", "section", "decimals", "unit", "new_choices", "first_value",
            "required", "quick", "roles", "retired",
        ]  # fmt: skip

    def __init__(self, *arguments, kind: Kind, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.kind = kind
        self.instance.table_of = kind.name
        sections = [
            ("", _("Additional details")),
            *((name, str(title)) for name, title in kind.cards.items()),
        ]
        self.fields["section"] = forms.ChoiceField(label=_("section"), choices=sections, required=False)
        self.fields["section"].widget.attrs["class"] = "input"
        self.fields["type"].choices = [(value, capfirst(label)) for value, label in Type.choices]
        self.fields["roles"].choices = [choice for roles in ROLES for choice in roles()]
        self.fields["roles"].help_text = _("Without a selection, everyone sees it.")
        self.fields["first_value"].help_text = _("For new records.")
        if not self.is_new:
            self.fields["type"].disabled = True
        self.held = [] if self.is_new else list(self.instance.choices)
        for choice in self.held:
            self._ask_for(choice)

    def _ask_for(self, choice: dict[str, Any]) -> None:
        text = forms.CharField(max_length=LONGEST_CHOICE, initial=choice["name"], label=choice["name"])
        text.widget.attrs |= {
            "class": "input",
            "aria-label": _now("Name of the choice %(name)s") % {"name": choice["name"]},
        }
        retired = forms.BooleanField(required=False, initial=choice.get("retired", False))
        retired.widget.attrs |= {
            "class": "tick",
            "aria-label": _now("%(name)s: retired") % {"name": choice["name"]},
        }
        self.fields[f"choice_{choice['key']}"] = text
        self.fields[f"retired_{choice['key']}"] = retired

    def choice_fields(self) -> list[tuple[Any, Any]]:
        """The text and the mark "retired" of each choice."""
        return [(self[f"choice_{row['key']}"], self[f"retired_{row['key']}"]) for row in self.held]

    def same_names(self):
        return CustomField.objects.of(self.kind.name)

    def clean_name(self) -> str:
        name = super().clean_name()
        own = {plain(self.kind.heading(place)) for place in self.kind.fields.LIST}
        if plain(name) in own:
            raise ValidationError(_now("A built-in field already has this label."))
        if self.is_new and self.same_names().count() >= MOST_FIELDS:
            raise ValidationError(
                _now("There can be up to %(most)s custom fields. Delete one first.") % {"most": MOST_FIELDS}
            )
        return name

    def clean_decimals(self) -> int:
        if self.cleaned_data["decimals"] > 6:
            raise ValidationError(_now("Enter a number from 0 to 6."))
        return self.cleaned_data["decimals"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind_of_field = data.get("type") or self.instance.type
        self.choices = self._choices(data) if CustomField(type=kind_of_field).has_choices else []
        self._check_first_value(data, kind_of_field)
        self._check_quick(data, kind_of_field)
        return data

    def _check_quick(self, data: dict[str, Any], type_name: str) -> None:
        """An index serves the type, and there aren't too many."""
        if not data.get("quick") or data.get("retired"):
            return
        others = self.same_names().quick().exclude(pk=self.instance.pk)
        if not TYPES[type_name].can_be_quick:
            self.add_error("quick", _now("Long texts can’t be quick to filter and sort."))
        elif others.count() >= MOST_QUICK:
            words = _now(
                "Up to %(most)s fields can be quick to filter and sort. Clear the mark of another field first."
            )
            self.add_error("quick", words % {"most": MOST_QUICK})

    @property
    def quick_state(self) -> str:
        """How far the index is."""
        return state_of(self.instance) if self.instance.pk and self.instance.quick else ""

    def after_save(self) -> None:
        prepare(self.kind.name, self.by)

    def write(self, by) -> Operation:
        self.by = by
        return super().write(by)

    def _choices(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        """The kept ones and the new ones, each with its own key and a name of its own."""
        kept = [
            {
                **choice,
                "name": data.get(f"choice_{key}", "").strip(),
                "retired": bool(data.get(f"retired_{key}")),
            }
            for choice in self.held
            if (key := choice["key"])
        ]
        names = [" ".join(line.split()) for line in data.get("new_choices", "").splitlines() if line.strip()]
        found = list(kept)
        add_choices(found, names)
        folded = [plain(choice["name"]) for choice in found]
        twice = next(
            (row["name"] for row, text in zip(found, folded, strict=True) if folded.count(text) > 1), ""
        )
        if not found:
            self.add_error("new_choices", _now("Enter at least one choice."))
        elif len(found) > MOST_CHOICES:
            self.add_error("new_choices", _now("Enter at most %(most)s choices.") % {"most": MOST_CHOICES})
        elif any(len(name) > LONGEST_CHOICE for name in names):
            words = _now("A choice can have up to %(most)s characters.")
            self.add_error("new_choices", words % {"most": LONGEST_CHOICE})
        elif twice:
            self.add_error("new_choices", _now("“%(name)s” is there twice.") % {"name": twice})
        return found

    def _check_first_value(self, data: dict[str, Any], type_name: str) -> None:
        """The default must be a value that the form of a record would take; a choice is stored by its key."""
        text = data.get("first_value", "").strip()
        data["first_value"] = text
        if not text or self.errors:
            return
        if type_name == Type.CHOICE:
            by_name = {plain(choice["name"]): choice["key"] for choice in self.choices}
            by_name |= {choice["key"]: choice["key"] for choice in self.choices}
            data["first_value"] = by_name.get(plain(text), "")
            if not data["first_value"]:
                self.add_error("first_value", _now("Enter one of the choices."))
        elif type_name in (Type.CHOICES, Type.USER, Type.MOMENT):
            self.add_error("first_value", _now("Fields of this type can’t have a default."))
        elif type_name == Type.YES_NO:
            if plain(text) not in ("yes", "no"):
                self.add_error("first_value", _now("Enter yes or no."))
            data["first_value"] = plain(text)
        else:
            trial = made(CustomField(pk=0, type=type_name, decimals=data.get("decimals") or 0))
            try:
                trial.formfield().clean(text)
            except ValidationError as error:
                self.add_error("first_value", error)

    def save(self, commit=True):
        self.instance.choices = self.choices
        if self.is_new:
            self.instance.position = self.same_names().next_position()
        return super().save(commit)
