"""The forms of the import: the file; what its columns are and how it is to be done."""

from pathlib import Path
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import Department
from crm.excel import limits
from crm.excel.cells import letters
from crm.excel.refusals import sentence
from crm.forms import Form, dress
from leads.bulk import owner_choices
from leads.imports import options
from leads.imports.columns import WHOLE_NAME, heading_of_target, mistakes, targets
from leads.imports.mappings import headings_of, known_by_heads, spread
from leads.models import Import, ImportMapping, LostReason, Rate, Source, Status, Tag

ENCODINGS = ["utf-8", "cp1250", "cp1251", "cp1252", "utf-16"]
DAY_ORDERS = [("day", _("day first, 31.12.2026")), ("month", _("month first, 12/31/2026"))]
DECIMALS = [(".", _("a dot, 1,234.50")), (",", _("a comma, 1.234,50"))]


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
            self.add_error("file", sentence(self.dropped, str(limits.FILE_BYTES // 1_000_000)))
        return self.cleaned_data

    def clean_file(self):
        file = self.cleaned_data["file"]
        if Path(file.name.lower()).suffix not in limits.EXTENSIONS:
            raise forms.ValidationError(sentence("kind"))
        return file


class ColumnsForm(Form):
    """`columns()` pairs each column of the file with its field of the form."""

    match = forms.ChoiceField(
        label=_("How are known leads recognised?"), choices=options.MATCH, widget=forms.RadioSelect
    )
    key = forms.ChoiceField(label=_("That field"), required=False)
    mode = forms.ChoiceField(
        label=_("What may this import do?"), choices=options.MODE, widget=forms.RadioSelect
    )
    duplicates = forms.ChoiceField(
        label=_("A row that looks like a lead you have"), choices=options.DUPLICATES
    )
    repeated = forms.ChoiceField(
        label=_("A row that repeats an earlier row of the file"), choices=options.REPEATED
    )
    day_order = forms.ChoiceField(label=_("Dates in texts have the"), choices=DAY_ORDERS)
    decimal = forms.ChoiceField(label=_("Numbers in texts have"), choices=DECIMALS)
    empties = forms.BooleanField(
        label=_("An empty cell empties the field, where the row has a lead id and a version"), required=False
    )
    silent = forms.BooleanField(label=_("Do not tell owners about their new leads"), required=False)
    name = forms.CharField(label=_("Remember these columns as"), max_length=100, required=False)
    status = forms.ChoiceField(label=_("Status"))
    source = forms.ChoiceField(label=_("Source"))
    department = forms.ChoiceField(label=_("Department"))
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    lost_reason = forms.ChoiceField(label=_("Lost reason, where one is needed"), required=False)
    tags = forms.MultipleChoiceField(
        label=_("Tags for all"), required=False, widget=forms.CheckboxSelectMultiple
    )

    DEFAULTS = ("status", "source", "department", "owner", "country", "currency", "lost_reason")
    ROWS = ("status", "source", "department", "owner", "lost_reason")  # whose values are ids

    def __init__(self, *arguments, imported: Import, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.imported = imported
        offered = choices(user)
        for name in (*self.DEFAULTS, "tags"):
            cast(forms.ChoiceField, self.fields[name]).choices = offered[name]
        self.fields["key"].choices = [(name, heading_of_target(name)) for name in options.KEY_FIELDS]
        for place, column in enumerate(imported.columns):
            field = forms.ChoiceField(choices=targets(), label=column["heading"], required=False)
            words = {"letter": letters(place + 1), "heading": column["heading"]}
            named = _now("Field for column %(letter)s, %(heading)s") % words
            field.widget.attrs |= {"data-size": "small", "aria-label": named}
            self.fields[f"column_{place}"] = field
        dress(self)

    @classmethod
    def first(cls, imported: Import, saved: ImportMapping | None = None) -> dict[str, Any]:
        """What the form shows until somebody chooses; `saved` is a mapping that was chosen by its name."""
        # How dates and numbers are written is found out anew for each file.
        chosen = {**imported.options, **(saved.options if saved else {})}
        chosen |= {name: imported.options[name] for name in ("day_first", "decimal")}
        found = {name: value for name, value in chosen.items() if name != "defaults"}
        found["day_order"] = "day" if chosen["day_first"] else "month"
        remembered = saved or known_by_heads(imported.user, headings_of(imported))
        found["name"] = remembered.name if remembered else Path(imported.name).stem[:100]
        found |= {name: value for name, value in chosen["defaults"].items() if value is not None}
        mapping = spread(saved, imported) if saved else imported.mapping
        return found | {f"column_{place}": field for place, field in enumerate(mapping)}

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data.get(f"column_{place}", "") for place in range(len(self.imported.columns))]

    def clean(self):
        for place, mistake in mistakes(self.mapping, headings_of(self.imported)).items():
            self.add_error(f"column_{place}", mistake)
        if self.cleaned_data.get("match") == "id_field" and not self._has(self.cleaned_data.get("key", "")):
            self.add_error("key", _now("No column of the file goes to this field."))
        if not any(self.mapping):
            self.add_error(None, _now("Choose a field for at least one column."))
        return self.cleaned_data

    def _has(self, key: str) -> bool:
        return key in self.mapping or (key == WHOLE_NAME and "last_name" in self.mapping)

    def chosen(self) -> options.Options:
        data = self.cleaned_data
        defaults = {
            name: int(data[name]) if name in self.ROWS and data[name] else data[name] or None
            for name in self.DEFAULTS
        }
        defaults["tags"] = sorted(int(pk) for pk in data["tags"])
        plain = {
            name: data[name]
            for name in ("match", "mode", "duplicates", "repeated", "empties", "decimal", "silent")
        }
        plain["key"] = data["key"] or options.Options.key
        return options.Options(day_first=data["day_order"] == "day", defaults=defaults, **plain)


def choices(user) -> dict[str, list[tuple[str, Any]]]:
    """What can be chosen, by field: for new leads, and for values of the file that nobody knows."""
    statuses = Status.objects.active().in_order().select_related("pipeline")
    several = len({row.pipeline_id for row in statuses}) > 1
    departments = Department.objects.active().visible_to(user).by_name()
    owners = owner_choices(user) if user.has_perm("leads.assign_lead") else owner_choices(user)[:1]
    return {
        "status": [
            (str(row.pk), f"{row.pipeline}: {row.label}" if several else row.label) for row in statuses
        ],
        "source": [(str(row.pk), row.label) for row in Source.objects.active().by_name()],
        "department": [(str(row.pk), row.name) for row in departments],
        "owner": [("", _now("nobody")), *owners],
        "country": [("", _now("none")), *((code, str(name)) for code, name in countries)],
        "currency": [(code, code) for code in Rate.objects.currencies_with("")],
        "lost_reason": [
            ("", _now("none")),
            *((str(r.pk), r.label) for r in LostReason.objects.for_people().in_order()),
        ],
        "tags": [(str(row.pk), row.name) for row in Tag.objects.active().by_name()],
    }
