"""The form for the columns of a sheet with activities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Import
from crm.platform.excel.parsing.date_parsing import DAY_ORDERS
from crm.platform.web.rendering.form_rendering import Form


class ActivityColumnsForm(Form):
    day_order = forms.ChoiceField(label=_("Date format in text cells"), choices=DAY_ORDERS)

    @staticmethod
    def first(imported: Import) -> dict[str, Any]:
        return {"day_order": "day" if imported.options["day_first"] else "month"}

    def chosen(self) -> dict[str, Any]:
        """As far as the import's options are concerned."""
        return {"day_first": self.cleaned_data["day_order"] == "day"}
