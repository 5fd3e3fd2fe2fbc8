"""Our defaults for Django's forms: how a form and a field are rendered, and where errors appear."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from crm.platform.web.middleware.request_ids import get_current_request
from crm.platform.web.rendering.day_input import set_typed_widget


class Renderer(TemplatesSetting):
    form_template_name = "forms/_form.html"
    field_template_name = "forms/_field.html"


def prepare_widgets(form: forms.BaseForm, *, for_visitors: bool = False) -> None:
    """Give every widget its class, a date its calendar, and a choice of rows its empty line.

    A required choice without a default starts empty, so that the first option is never chosen by accident. The empty line of an
    optional one reads "None", or what its field says. `for_visitors` gives a date the browser's own field: it is also on other
    sites, which don't have the calendar, and a visitor knows no order of dates but the browser's.
    """
    for name, field in form.fields.items():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
            widget.attrs.setdefault("class", "tick")
        elif not isinstance(widget, forms.RadioSelect | forms.HiddenInput):
            widget.attrs.setdefault("class", "input")
        if not for_visitors:
            set_typed_widget(field)
        elif isinstance(widget, forms.DateInput):
            widget.input_type, widget.format = "date", "%Y-%m-%d"
        if isinstance(widget, forms.Select) and isinstance(field, forms.ModelChoiceField):
            unanswered = form.get_initial_for_field(field, name) in (None, "")
            if not field.required:
                field.empty_label = getattr(field, "words_for_empty", _("None"))
            else:
                field.empty_label = _("Choose…") if unanswered else None


def remember_rejected_choice(field: str | None, error: Any) -> None:
    """Someone sent a choice that the form doesn't offer: its request is logged (crm/platform/web/security_log.py)."""
    codes = {one.code for one in getattr(error, "error_list", [])}
    request: Any = get_current_request()
    if field and request is not None and codes & {"invalid_choice", "invalid_pk_value"}:
        request.not_offered = {*getattr(request, "not_offered", ()), field}


class BlankField(forms.Field):
    """In place of a field for which a program sends nothing: the form needn't offer anything."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def __deepcopy__(self, memo: Any) -> "BlankField":
        return BlankField()


def is_offered(form: Any, name: str) -> bool:
    """Whether a value can be entered or sent for the field."""
    return not isinstance(form.fields[name], BlankField)


class Form(forms.Form):
    # A field's own queryset or choices are known where it is defined.
    fields: dict[str, Any]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        prepare_widgets(self)

    def add_error(self, field, error) -> None:
        super().add_error(field, error)
        remember_rejected_choice(field, error)


def focus_first_field(form: Any) -> None:
    """The cursor of a page starts in its form, if that wasn't sent yet: in the first visible field, unless another one has it."""
    widgets = [] if form.is_bound else [field.field.widget for field in form.visible_fields()]
    if widgets and not any(widget.attrs.get("autofocus") for widget in widgets):
        widgets[0].attrs["autofocus"] = True


class ModelForm(forms.ModelForm):
    fields: dict[str, Any]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        prepare_widgets(self)

    def add_error(self, field, error) -> None:
        super().add_error(field, error)
        remember_rejected_choice(field, error)


class ChoiceOfLabels(forms.ModelChoiceField):
    """A choice of rows by label, which may be translated."""

    def label_from_instance(self, obj) -> str:
        return getattr(obj, "label", None) or str(obj)
