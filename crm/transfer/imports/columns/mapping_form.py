"""What every form with the columns of a file has: a field for each column, and how its dates are read."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.models import Import
from crm.platform.excel.parsing.date_parsing import DAY_ORDERS
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.platform.web.rendering.form_rendering import Form
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import get_mapping_errors
from crm.transfer.imports.columns.saved_mappings import get_headings


class MappingForm(Form):
    """`default_names` are the fields with defaults for new records."""

    day_order = forms.ChoiceField(label=_("Date format in text cells"), choices=DAY_ORDERS)
    default_names: list[str]

    def __init__(self, *arguments, imported: Import, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.imported, self.kind, self.default_names = imported, KINDS[imported.table], []

    def add_column(self, place: int, choices: list[tuple[str, Any]]) -> None:
        """Ask what the column is."""
        heading = self.imported.get_heading(place)
        field = forms.ChoiceField(choices=choices, label=heading, required=False)
        words = {"letter": get_column_letters(place + 1), "heading": heading}
        named = _now("Field for column %(letter)s, %(heading)s") % words
        field.widget.attrs |= {"data-size": "small", "aria-label": named}
        self.fields[f"column_{place}"] = field

    @property
    def mapping(self) -> list[str]:
        """The target of each column, '' for those that aren't read."""
        places = range(len(self.imported.columns))
        return [self.cleaned_data.get(f"column_{place}", "") for place in places]

    def clean(self):
        headings = get_headings(self.imported)
        for place, mistake in get_mapping_errors(self.kind, self.mapping, headings).items():
            self.add_error(f"column_{place}", mistake)
        if not any(self.mapping):
            self.add_error(None, _now("Map at least one column to a field."))
        return self.cleaned_data
