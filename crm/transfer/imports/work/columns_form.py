"""The form for the columns of a sheet with activities or tasks."""

from typing import Any

from django.utils.translation import gettext as _

from crm.models import Import
from crm.platform.web.rendering.form_rendering import prepare_widgets
from crm.transfer.imports.columns.mapping_form import MappingForm
from crm.transfer.imports.work.work_import import WorkImport


class WorkColumnsForm(MappingForm):
    def __init__(self, *arguments, imported: Import, rules: WorkImport, **keywords) -> None:
        super().__init__(*arguments, imported=imported, initial=self.get_initial_values(imported), **keywords)
        self.rules = rules
        targets = [(name, rules.get_heading(name)) for name in rules.get_targets(imported)]
        for place in range(len(imported.columns)):
            self.add_column(place, [("", _("Skip")), *targets])
        prepare_widgets(self)

    @staticmethod
    def get_initial_values(imported: Import) -> dict[str, Any]:
        """The initial values."""
        chosen = {f"column_{place}": name for place, name in enumerate(imported.mapping)}
        return chosen | {"day_order": "day" if imported.options["day_first"] else "month"}

    @property
    def options(self) -> dict[str, Any]:
        """The options of the import."""
        return self.rules.build_import_options(
            self.mapping, day_first=self.cleaned_data["day_order"] == "day"
        )
