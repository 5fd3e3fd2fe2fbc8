"""Our defaults for Django's forms: how a form and a field are drawn, and where the errors stand."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _


class Renderer(TemplatesSetting):
    form_template_name = "forms/_form.html"
    field_template_name = "forms/_field.html"


class LookMixin:
    """Gives every widget its class and every wrong field its aria-invalid."""

    fields: dict[str, Any]

    def _dress(self) -> None:
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                widget.attrs.setdefault("class", "tick")
            elif not isinstance(widget, forms.RadioSelect | forms.HiddenInput):
                widget.attrs.setdefault("class", "input")
            if isinstance(widget, forms.DateInput):
                widget.input_type = "date"
                widget.format = "%Y-%m-%d"
            if isinstance(widget, forms.Select) and isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("None") if not field.required else None


class Form(LookMixin, forms.Form):
    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self._dress()


class ModelForm(LookMixin, forms.ModelForm):
    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self._dress()
