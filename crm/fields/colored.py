"""A choice of the model that is shown as a chip in its color, such as the state of a request."""

from typing import Any

from django.db import models

from crm.fields.choices import Choice
from crm.fields.columns import Plain
from crm.web.markup import html


class Colored(Choice):
    """`hues` are the colors by value (crm/fields/hues.py)."""

    def __init__(self, hues: dict[str, int]) -> None:
        self.hues = hues

    def cell(self, field, record):
        value = getattr(record, field.name)
        if not value:
            return ""
        return html(
            "<span class=chip data-hue={}>{}</span>", self.hues.get(value, 0), self.text(field, value)
        )

    def fact(self, field, record):
        return self.cell(field, record)


class ColoredField(Plain, models.CharField):
    def __init__(self, *arguments, hues: dict[Any, int] | None = None, **keywords) -> None:
        self.type = Colored(hues or {})  # type: ignore[misc]
        super().__init__(*arguments, **keywords)
