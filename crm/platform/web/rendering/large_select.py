"""Lists with thousands of options, drawn in one pass: Django renders a template for each option."""

from typing import Any

from django import forms
from django.forms.utils import flatatt

from crm.platform.web.rendering.html_building import html, join_html


class LongSelect(forms.Select):
    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> Any:
        chosen = set(self.format_value(value))
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        if self.allow_multiple_selected:
            own["multiple"] = True
        options = join_html(
            html(
                '<option value="{}"{}>{}</option>',
                key,
                join_html([" selected" if str(key) in chosen else ""]),
                label,
            )
            for key, label in self.choices
        )
        return html("<select{}>{}</select>", flatatt(own), options)


class LongSelectMultiple(LongSelect, forms.SelectMultiple):
    pass
