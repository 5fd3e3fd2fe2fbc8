"""Renaming several statuses, sources, tags or lost reasons at once."""

from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.models import Operation
from crm.platform.web.rendering.form_rendering import Form, prepare_widgets
from crm.records.editing.settings_change import record_settings_change
from leads.models import Status
from leads.settings.settings_tables import SettingsTable


class RenameForm(Form):
    """One field per row, with the name that the reader sees."""

    unmarked = True

    def __init__(self, *arguments, kind: SettingsTable, rows: list, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.kind, self.rows = kind, rows
        longest = kind.model._meta.get_field("name").max_length
        for row in rows:
            self.fields[f"name_{row.pk}"] = forms.CharField(
                label=row.label, max_length=longest, initial=row.label
            )
            version = forms.IntegerField(initial=row.version, required=False, widget=forms.HiddenInput)
            self.fields[f"version_{row.pk}"] = version
        prepare_widgets(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        names = self.get_new_names()
        taken = Counter(
            (get_pipeline_id(row), names.get(row.pk, row.name).lower())
            for row in self.kind.model.objects.all()
        )
        now = {(get_pipeline_id(row), row.name.lower()): row.pk for row in self.kind.model.objects.all()}
        for row in self.rows:
            if row.pk not in names:
                continue
            name = get_pipeline_id(row), names[row.pk].lower()
            if taken[name] > 1 or now.get(name, row.pk) != row.pk:
                self.add_error(f"name_{row.pk}", _("This name is already in use."))
            elif data.get(f"version_{row.pk}") not in (None, row.version):
                words = _("Another user changed this since you opened the page. Its name is now %(name)s.")
                self.add_error(f"name_{row.pk}", words % {"name": row.label})
        return data

    def get_new_names(self) -> dict[int, str]:
        """The new names by id. A shipped name that is left unchanged stays translated."""
        found = {}
        for row in self.rows:
            entered = " ".join(self.cleaned_data.get(f"name_{row.pk}", "").split())
            if entered and entered != row.label:
                found[row.pk] = entered
        return found

    def write(self, by) -> Operation:
        names = self.get_new_names()
        with record_settings_change(
            f"edit_{self.kind.table}", by=by, act="rename", rows=list(names)
        ) as record:
            for pk, name in names.items():
                self.kind.model.objects.filter(pk=pk).update(name=name)
        return record


def get_pipeline_id(row: Any) -> int | None:
    """Names and places of statuses are those within their pipeline; other rows have none."""
    return row.pipeline_id if isinstance(row, Status) else None
