"""A choice of the model that is shown as a chip in its color, such as the state of a request."""

from typing import Any

from django.db import models

from crm.fields.model_fields import Plain
from crm.fields.types.choices import Choice
from crm.platform.web.rendering.html_building import html


class ColoredChoice(Choice):
    """`hues` are the colors by value (crm/fields/color_palette.py)."""

    def __init__(self, hues: dict[str, int]) -> None:
        self.hues = hues

    def render_cell(self, field, record):
        value = getattr(record, field.name)
        if not value:
            return ""
        return html(
            "<span class=chip data-hue={}>{}</span>", self.hues.get(value, 0), self.format_value(field, value)
        )

    def render_fact(self, field, record):
        return self.render_cell(field, record)


class ColoredField(Plain, models.CharField):
    def __init__(self, *arguments, hues: dict[Any, int] | None = None, **keywords) -> None:
        self.type = ColoredChoice(hues or {})  # type: ignore[misc]
        super().__init__(*arguments, **keywords)
