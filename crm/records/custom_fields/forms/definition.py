"""The form of a custom field's definition."""

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.fields.custom.formulas.formula_parser import MAX_FORMULA_LENGTH
from crm.fields.custom.formulas.syntax_tree import FormulaError
from crm.fields.custom.indexes.index_building import describe_index_state, start_index_job
from crm.fields.custom.search.search_word_jobs import describe_search_progress, start_search_word_job
from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.custom.values.type_conversion import WITHOUT_DEFAULT
from crm.fields.models.custom_field import (
    LONGEST_CHOICE,
    MOST_CHOICES,
    MOST_FIELDS,
    CustomField,
    add_choices,
)
from crm.fields.schemas import Schema
from crm.models import Operation
from crm.platform.text.text_folding import fold_text
from crm.platform.web.transactions import set_transaction_limits
from crm.records.custom_fields import formula_input as formulas
from crm.records.custom_fields.forms.access import add_access_fields, check_access, refuse_if_it_decides
from crm.records.custom_fields.forms.index_mark import check_quick
from crm.records.custom_fields.forms.link_target import add_link_fields, check_link
from crm.records.custom_fields.forms.search_mark import check_searched
from crm.records.custom_fields.formula_preview import FormulaPreview, build_previews
from crm.records.custom_fields.label_check import get_folded_built_in_labels
from crm.records.custom_fields.planned_changes import get_planned_changes
from crm.records.custom_fields.repeated_values import (
    RepeatedValue,
    count_repeated_values,
    get_repeated_examples,
)
from crm.records.editing.confirmed_change import add_confirmation_field, check_planned_changes
from crm.records.editing.settings_form import SettingsForm
from crm.templatetags.look import number

Type = CustomField.Type
# How long a statement may take that compares all values of a field.
MARKING_MILLISECONDS = 120_000


class CustomFieldForm(SettingsForm):
    """New choices are typed one per line; existing ones have pages of their own (crm/records/custom_fields/views/field_choices.py)."""

    table = "custom_field"
    # The choices of each field that can decide when this one is shown (crm/records/custom_fields/forms/access.py).
    deciding: dict[str, list[tuple[str, Any]]]
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
    editors = forms.TypedMultipleChoiceField(
        label=_("editable by"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.TypedMultipleChoiceField(
        label=_("used in departments"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = CustomField
        fields = [
            "name", "name_ro", "type", "help", "help_ro", "section", "decimals", "unit", "new_choices", "first_value",
            "links_to", "other_side", "other_side_ro", "required", "is_unique", "quick", "searched", "roles", "editors", "departments", "retired", "formula",
        ]  # fmt: skip
        widgets = {
            "formula": forms.Textarea(
                attrs={"rows": 3, "spellcheck": "false", "maxlength": MAX_FORMULA_LENGTH}
            )
        }

    def __init__(self, *arguments, kind: Schema, user: Any = None, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.kind, self.user = kind, user
        self.repeated: list[RepeatedValue] = []
        self.instance.table_of = kind.name
        if self.instance.is_computed:
            self.initial["formula"] = formulas.get_formula_text(kind, self.instance, user)
        # A sentence about what saving changed besides.
        self.remark = ""
        # The definition as it would be, with a formula that can be computed.
        self.proposed: CustomField | None = None
        sections = [
            ("", _("Additional details")),
            *((name, str(title)) for name, title in kind.cards.items()),
        ]
        self.fields["section"] = forms.ChoiceField(label=_("section"), choices=sections, required=False)
        self.fields["section"].widget.attrs["class"] = "input"
        self.fields["type"].choices = [(value, capfirst(label)) for value, label in Type.choices]
        add_link_fields(self)
        add_access_fields(self)
        add_confirmation_field(self)
        self.fields["first_value"].help_text = _("For new records.")
        if not self.is_new:
            self.fields["type"].disabled = True
        self.held = [] if self.is_new else list(self.instance.choices)

    def get_open_questions(self) -> dict[str, bool]:
        """Which of the collapsed questions have an answer or an error."""
        asked = {name: [name] for name in ("editors", "departments")}
        asked["shown"] = ["shown_field", *(f"shown_{name}" for name in self.deciding)]
        return {
            part: any(self[name].value() or self[name].errors for name in names)
            for part, names in asked.items()
        }

    def get_conditions(self) -> list[tuple[Any, Any]]:
        """The radio button of each field that can decide, with its values; the first one is "Always"."""
        radios = list(self["shown_field"])
        return [(radio, self[f"shown_{name}"]) for radio, name in zip(radios[1:], self.deciding, strict=True)]

    def same_names_queryset(self):
        return CustomField.objects.present_of_table(self.kind.name)

    def clean_name(self) -> str:
        name = super().clean_name()
        if fold_text(name) in get_folded_built_in_labels(self.kind):
            raise ValidationError(_now("A built-in field already has this label."))
        if self.is_new and self.same_names_queryset().count() >= MOST_FIELDS:
            raise ValidationError(
                _now("There can be up to %(most)s custom fields. Delete one first.") % {"most": MOST_FIELDS}
            )
        return name

    def clean_decimals(self) -> int:
        if self.cleaned_data["decimals"] > 6:
            raise ValidationError(_now("Enter a number from 0 to 6."))
        return self.cleaned_data["decimals"]

    def clean_retired(self) -> bool:
        retired = super().clean_retired()
        if retired and not self.instance.retired:
            refuse_if_it_decides(self.instance)
            if reason := formulas.get_retirement_obstacle(self.instance):
                raise ValidationError(reason)
        return retired

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.shown_if = check_access(self, data)
        kind_of_field = data.get("type") or self.instance.type
        self.choices = self._build_choices(data) if CustomField(type=kind_of_field).has_choices else []
        self._check_first_value(data, kind_of_field)
        if data.get("is_unique"):
            self._check_unique(data, kind_of_field)
        self._check_formula(data, kind_of_field)
        check_link(self, data, kind_of_field)
        check_quick(self, data, kind_of_field)
        check_searched(self, data, kind_of_field)
        check_planned_changes(self, data, get_planned_changes(self, data))
        return data

    def _check_unique(self, data: dict[str, Any], type_name: str) -> None:
        """The values that records have must differ already; a default would be the same for all."""
        if type_name not in CustomField.UNIQUE:
            self.add_error("is_unique", _now("Values of this type can’t be unique."))
        elif data.get("first_value"):
            self.add_error("first_value", _now("A unique field can’t have a default."))
        elif not self.is_new and not self.initial["is_unique"]:
            self._check_repeated()

    def _check_repeated(self) -> None:
        # Comparing a million values takes seconds; saving then compares them again.
        set_transaction_limits(statement=MARKING_MILLISECONDS)
        if count := count_repeated_values(self.instance):
            words = ngettext(
                "%(number)s value occurs more than once. Change it first.",
                "%(number)s values occur more than once. Change them first.",
                count,
            )
            self.add_error("is_unique", words % {"number": number(count)})
            self.repeated = get_repeated_examples(self.instance, self.user)

    def _check_formula(self, data: dict[str, Any], type_name: str) -> None:
        """A formula is stored with the names of fields, and has no values of its own to require."""
        text, data["formula"] = data.get("formula", ""), ""
        if type_name == Type.FORMULA:
            data |= {"required": False, "first_value": ""}
            try:
                data["formula"] = formulas.parse_to_stored_text(self.kind, self.instance, text, self.user)
            except FormulaError as error:
                self.add_error("formula", str(error))
                return
        values = {name: data[name] for name in ("formula", "decimals", "unit") if name in data}
        proposed = formulas.copy_definition_with(
            self.instance, **values, type=type_name, choices=self.choices
        )
        if not self.is_new and (problem := formulas.get_broken_formula(self.kind, proposed)):
            self.add_error("formula" if type_name == Type.FORMULA else None, problem)
        elif type_name == Type.FORMULA:
            self.proposed = proposed

    @property
    def formula_previews(self) -> list[FormulaPreview]:
        """The values of some records."""
        return build_previews(self.kind, self.proposed, self.user) if self.proposed else []

    @property
    def formula_result_type(self) -> str:
        return formulas.describe_result(self.kind, self.proposed) if self.proposed else ""

    @property
    def nameable_fields(self) -> list[tuple[str, str]]:
        """The fields that a formula can name, each with its type."""
        return list(formulas.get_offered_labels_and_types(self.kind, self.instance, self.user))

    @property
    def index_state(self) -> str:
        """How far the index is."""
        return describe_index_state(self.instance) if self.instance.pk and self.instance.quick else ""

    @property
    def search_state(self) -> str:
        """How far the search words are."""
        return describe_search_progress(self.instance) if self.instance.pk else ""

    def after_save(self) -> None:
        start_index_job(self.kind.name, self.by)
        start_search_word_job(self.kind.name, self.by)

    def write(self, by) -> Operation:
        self.by = by
        return super().write(by)

    def _build_choices(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        """Those that exist and the new ones, each with its own key and a name of its own."""
        names = [" ".join(line.split()) for line in data.get("new_choices", "").splitlines() if line.strip()]
        found = [dict(choice) for choice in self.held]
        # A deleted choice that is typed again is the same one, also in the history.
        deleted = {fold_text(choice["name"]): choice for choice in found if choice.get("deleted")}
        fresh = []
        for name in names:
            if again := deleted.pop(fold_text(name), None):
                del again["deleted"], again["retired"]
            else:
                fresh.append(name)
        add_choices(found, fresh)
        folded = [fold_text(choice["name"]) for choice in found]
        counted = Counter(folded)
        twice = next((row["name"] for row, text in zip(found, folded, strict=True) if counted[text] > 1), "")
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
            by_name = {fold_text(choice["name"]): choice["key"] for choice in self.choices}
            by_name |= {choice["key"]: choice["key"] for choice in self.choices}
            data["first_value"] = by_name.get(fold_text(text), "")
            if not data["first_value"]:
                self.add_error("first_value", _now("Enter one of the choices."))
        elif type_name in WITHOUT_DEFAULT:
            self.add_error("first_value", _now("Fields of this type can’t have a default."))
        elif type_name == Type.YES_NO:
            if fold_text(text) not in ("yes", "no"):
                self.add_error("first_value", _now("Enter yes or no."))
            data["first_value"] = fold_text(text)
        else:
            trial = build_model_field(CustomField(pk=0, type=type_name, decimals=data.get("decimals") or 0))
            try:
                trial.formfield().clean(text)
            except ValidationError as error:
                self.add_error("first_value", error)

    def save(self, commit=True):
        self.instance.choices, self.instance.shown_if = self.choices, self.shown_if
        if self.is_new:
            self.instance.position = self.same_names_queryset().get_next_position()
        return super().save(commit)
