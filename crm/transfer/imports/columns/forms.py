"""The forms of the import: the file, the mapping of its columns, and the options."""

from pathlib import Path
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.values.custom_types import CUSTOM_FIELD_TYPES
from crm.fields.custom.values.type_conversion import FIXED
from crm.fields.schemas import WHOLE_NAME
from crm.models import CustomField, Import, ImportMapping
from crm.platform.excel.parsing.number_parsing import DECIMALS
from crm.platform.excel.reading import limits
from crm.platform.excel.reading.error_messages import get_rejection_sentence
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.platform.text.quotation import quote_text
from crm.platform.web.rendering.form_rendering import Form, prepare_widgets
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.unnamed_rows import can_be_a_name, count_unnamed_rows, get_offered_columns
from crm.transfer.imports.columns import import_options
from crm.transfer.imports.columns.column_notes import is_read_only_column
from crm.transfer.imports.columns.file_columns import NEW_FIELD, get_column_targets, get_target_heading
from crm.transfer.imports.columns.import_options import get_default_options, keep_valid_options
from crm.transfer.imports.columns.mapping_form import MappingForm
from crm.transfer.imports.columns.new_fields import (
    CREATE_FIELD,
    get_choices_from_column,
    get_taken_labels,
    get_too_many_reason,
    make_free_name,
    may_create_fields,
)
from crm.transfer.imports.columns.order_questions import (
    ask_for_name_order,
    ask_for_orders,
    get_chosen_day_orders,
    get_chosen_name_order,
    get_initial_orders,
    get_name_orders,
)
from crm.transfer.imports.columns.saved_mappings import (
    apply_saved_mapping,
    find_mapping_by_headings,
    find_name_order,
    get_confirmed_places,
    get_guessed_mapping,
    get_headings,
)


class FileForm(Form):
    file = forms.FileField(label=_("File"), allow_empty_file=True)

    def __init__(self, *arguments, dropped: str = "", **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.dropped = dropped
        self.fields["file"].widget.attrs["accept"] = ",".join(limits.EXTENSIONS)
        self.fields["file"].error_messages["required"] = _("Choose a file.")

    def clean(self):
        if self.dropped:
            self.errors.pop("file", None)
            self.add_error("file", get_rejection_sentence(self.dropped, str(limits.FILE_BYTES // 1_000_000)))
        return self.cleaned_data

    def clean_file(self):
        file = self.cleaned_data["file"]
        if Path(file.name.lower()).suffix not in limits.EXTENSIONS:
            raise forms.ValidationError(get_rejection_sentence("kind"))
        return file


class ColumnsForm(MappingForm):
    match = forms.ChoiceField(label=_("Match existing records"), widget=forms.RadioSelect)
    key = forms.ChoiceField(label=_("Field to match by"), required=False)
    mode = forms.ChoiceField(
        label=_("Import mode"), choices=import_options.MODE_CHOICES, widget=forms.RadioSelect
    )
    duplicates = forms.ChoiceField(
        label=_("If a row looks like an existing record"), choices=import_options.DUPLICATE_CHOICES
    )
    repeated = forms.ChoiceField(
        label=_("If a row repeats an earlier row in the file"), choices=import_options.REPEATED_CHOICES
    )
    decimal = forms.ChoiceField(label=_("Number format in text cells"), choices=DECIMALS)
    empties = forms.BooleanField(
        label=_("Let empty cells clear fields in rows with an ID and a version"), required=False
    )
    unnamed = forms.ChoiceField(
        label=_("Use as their name"),
        required=False,
        help_text=_("For new records only. The column must be mapped to a text or a choice."),
    )
    link = forms.BooleanField(required=False)
    silent = forms.BooleanField(label=_("Don’t notify owners about the records they get"), required=False)
    by_rules = forms.BooleanField(
        label=_("Assign by rules"),
        required=False,
        help_text=_("For new records without an owner, both in the file and below."),
    )
    name = forms.CharField(label=_("Save column mapping as"), max_length=100, required=False)

    def __init__(self, *arguments, imported: Import, rules: ImportRules, **keywords) -> None:
        super().__init__(*arguments, imported=imported, **keywords)
        self.rules, user = rules, rules.user
        self.fields["match"].choices = import_options.get_match_choices(type(rules))
        self.fields["key"].choices = [
            (name, get_target_heading(self.kind, name)) for name in self.rules.matched_by
        ]
        if self.rules.namesakes:
            self.fields["key"].help_text = self.rules.namesakes.words
        self._offer_defaults()
        if not self.rules.offers_rules:
            del self.fields["by_rules"]
        own = get_column_targets(self.kind, user)
        for place, column in enumerate(imported.columns):
            creates = may_create_fields(user) and column["filled"] and "new" in column
            creates = creates and not is_read_only_column(imported, place)
            more = [(CREATE_FIELD, _now("Create a field"))] if creates else []
            if creates:
                self._ask_for_type(place, column["new"])
            if column.get("by_values"):
                right = _now("This is right. Remember it for the next file.")
                asked = forms.BooleanField(label=right, initial=column.get("sure"), required=False)
                self.fields[f"sure_{place}"] = asked
            if column.get("new", {}).get("blanks"):
                self._ask_for_blanks(place, column["new"]["blanks"])
            self.add_column(place, [own[0], *more, *own[1:]])
        self._offer_names()
        self._offer_links()
        ask_for_name_order(self)
        ask_for_orders(self)
        prepare_widgets(self)

    def _offer_names(self) -> None:
        """Ask only if there are rows without a name, with the columns and placeholders as the form shows them."""
        places = range(len(self.imported.columns))
        mapping = [self[f"column_{place}"].value() or "" for place in places]
        blanks = {
            str(place): self.imported.columns[place]["new"]["blanks"]
            for place in places
            if f"blank_{place}" in self.fields and self[f"blank_{place}"].value()
        }
        self.without_a_name = count_unnamed_rows(self.imported, mapping, blanks, self.rules)
        if self.without_a_name:
            self.fields["unnamed"].choices = get_offered_columns(self.imported)
        else:
            del self.fields["unnamed"]

    def _offer_links(self) -> None:
        """Ask only if the file has a column that can mean existing records."""
        columns = [self[f"column_{place}"].value() for place in range(len(self.imported.columns))]
        if self.rules.links_by and self.rules.links_by in columns:
            self.fields["link"].label = self.rules.link_label
        else:
            del self.fields["link"]

    def _ask_for_type(self, place: int, proposed: dict[str, Any]) -> None:
        types = [
            (type.value, capfirst(type.label))
            for type in CustomField.Type
            # What a link leads to is chosen in Settings.
            if type in CUSTOM_FIELD_TYPES and type not in FIXED
        ]
        asked = forms.ChoiceField(choices=types, initial=proposed["type"], required=False)
        words = {"letter": get_column_letters(place + 1)}
        asked.widget.attrs |= {
            "data-size": "small",
            "aria-label": _now("Type of the field for column %(letter)s") % words,
        }
        self.fields[f"type_{place}"] = asked

    def _ask_for_blanks(self, place: int, texts: list[str]) -> None:
        named = ", ".join(quote_text(text) for text in texts)
        label = _now("Treat %(values)s as empty") % {"values": named}
        # A file that was exported from here says exactly what it says.
        theirs = "id" not in self.imported.mapping
        self.fields[f"blank_{place}"] = forms.BooleanField(label=label, initial=theirs, required=False)

    def _offer_defaults(self) -> None:
        offered = self.rules.choices
        self.default_names = [name for name in (*self.rules.defaults, "tags") if name in offered]
        for name in self.default_names:
            if name == "tags":
                self.fields[name] = forms.MultipleChoiceField(
                    label=_now("Tags for all new records"),
                    choices=offered[name],
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
                continue
            required = name in self.rules.required_defaults
            label = self.kind.get_heading(name)
            self.fields[name] = forms.ChoiceField(label=label, choices=offered[name], required=required)

    @classmethod
    def get_initial_values(
        cls, imported: Import, rules: ImportRules, saved: ImportMapping | None = None, *, fresh: bool = False
    ) -> dict[str, Any]:
        """The initial values; `saved` is a mapping chosen by name, `fresh` ignores all choices made for another file."""
        mapping = (
            get_guessed_mapping(imported)
            if fresh
            else apply_saved_mapping(saved, imported)
            if saved
            else imported.mapping
        )
        chosen = keep_valid_options({**imported.options, **(saved.options if saved else {})}, rules)
        if fresh:
            chosen = get_default_options(rules, mapping)
        # Date and number formats are detected for each file.
        chosen |= {
            name: imported.options[name] for name in import_options.FORMATS if name in imported.options
        }
        found = {name: value for name, value in chosen.items() if name != "defaults"}
        told = saved.options if saved else {} if fresh else imported.options
        found["last_name_first"] = find_name_order(mapping, get_name_orders(imported), told)
        found["day_order"] = "day" if chosen["day_first"] else "month"
        found |= get_initial_orders(imported, mapping)
        remembered = (
            None
            if fresh
            else saved or find_mapping_by_headings(rules.kind, imported.user, get_headings(imported))
        )
        found["name"] = remembered.name if remembered else Path(imported.name).stem[:100]
        found |= {name: value for name, value in chosen["defaults"].items() if value is not None}
        found |= {f"type_{place}": told["type"] for place, told in imported.new_fields.items()}
        if imported.state == Import.State.PLAN:
            found |= {f"blank_{place}": str(place) in imported.blanks for place in range(len(mapping))}
        if saved:
            found |= {f"sure_{place}": True for place in get_confirmed_places(saved, imported)}
        if (named := chosen.get("name_from")) and named in mapping:
            found["unnamed"] = str(mapping.index(named))
        chosen_targets = [CREATE_FIELD if name.startswith(NEW_FIELD) else name for name in mapping]
        return found | {f"column_{place}": field for place, field in enumerate(chosen_targets)}

    @property
    def mapping(self) -> list[str]:
        chosen = enumerate(super().mapping)
        return [f"{NEW_FIELD}{place}" if name == CREATE_FIELD else name for place, name in chosen]

    @property
    def new_fields(self) -> dict[str, dict[str, Any]]:
        """The fields to create, as Import.new_fields has them. A choice has all values of its column."""
        found = {}
        taken = get_taken_labels(self.kind)
        for place, name in enumerate(self.mapping):
            if not name.startswith(NEW_FIELD):
                continue
            proposed = self.imported.columns[place]["new"]
            kept = self.imported.new_fields.get(str(place), {}).get("name")
            heading = kept or make_free_name(self.imported.get_heading(place)[:100], taken)
            chosen = self.cleaned_data.get(f"type_{place}") or proposed["type"]
            found[str(place)] = {
                "name": heading,
                "type": chosen,
                "decimals": proposed["decimals"] if chosen == proposed["type"] else 2,
                "choices": get_choices_from_column(self.imported, place, chosen),
            }
            if chosen == CustomField.Type.TEXT and self.imported.new_fields.get(str(place), {}).get("unique"):
                found[str(place)]["unique"] = True
        return found

    @property
    def blanks(self) -> dict[str, list[str]]:
        """The texts that mean an empty cell, by place."""
        return {
            str(place): column["new"]["blanks"]
            for place, column in enumerate(self.imported.columns)
            if self.cleaned_data.get(f"blank_{place}")
        }

    def clean(self):
        super().clean()
        if "field" in self.cleaned_data.get("match", "").split("_") and not self._has_column(
            self.cleaned_data.get("key", "")
        ):
            self.add_error("key", _now("No column is mapped to this field."))
        named = self.cleaned_data.get("unnamed")
        if named and not self._can_be_a_name(int(named)):
            self.add_error("unnamed", _now("This column isn’t mapped to a text or a choice."))
        if sentence := get_too_many_reason(self.imported, self.mapping):
            self.add_error(None, sentence)
        return self.cleaned_data

    def _can_be_a_name(self, place: int) -> bool:
        return can_be_a_name(self.kind, self.mapping[place], self.new_fields, place)

    def _has_column(self, key: str) -> bool:
        return key in self.mapping or (key == WHOLE_NAME and "last_name" in self.mapping)

    def get_chosen_options(self) -> import_options.ImportOptions:
        data = self.cleaned_data
        defaults = {name: self._get_default(name, data[name]) for name in self.default_names}
        plain = {
            name: data[name]
            for name in ("match", "mode", "duplicates", "repeated", "empties", "decimal", "silent")
        }
        plain["by_rules"] = data.get("by_rules", False)
        plain["key"] = data["key"] or self.rules.keys[0]
        plain["link"] = data.get("link", False)
        plain["name_from"] = self._get_name_source(data.get("unnamed"))
        pairs = zip(self.imported.columns, self.mapping, strict=True)
        plain["mixed"] = [name for column, name in pairs if name and column.get("mixed")]
        plain["day_orders"] = get_chosen_day_orders(self)
        plain["last_name_first"] = get_chosen_name_order(self)
        return import_options.ImportOptions(day_first=data["day_order"] == "day", defaults=defaults, **plain)

    def _get_name_source(self, place: str | None) -> str:
        """The field with the names; a file without such rows keeps the choice for the next one."""
        if place is None:
            return str(self.initial.get("name_from") or "")
        return self.mapping[int(place)] if place else ""

    def _get_default(self, name: str, value: Any) -> Any:
        """The ID of a row, or a code such as a country code."""
        if name == "tags":
            return sorted(int(pk) for pk in value)
        field = self.kind.model._meta.get_field(name)
        return int(value) if field.is_relation and value else value or None
