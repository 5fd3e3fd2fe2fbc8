"""The forms of Settings as programs fill them in: what isn't sent stays, and errors have the names that a program knows."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from rest_framework import serializers

from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.documentation.field_schemas import build_body_field
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.api.v2.record_writing import API, get_proposed_values
from crm.api.v2.v2_view import refuse_unknown_parameters
from crm.fields.color_palette import HueChoice
from crm.fields.types.durations import MinutesInput
from crm.models import Operation
from crm.records.editing.confirmed_change import CONFIRMED
from crm.records.history.jobs import build_query_dict
from crm.records.kinds.record_uses import format_uses_as_text

OPERATION = build_number_field(
    allow_null=True, help_text="Id of the operation, which can be undone; null if nothing was changed."
)
DONE = build_response_serializer("SettingsOperation", operation=OPERATION)
CONFIRMING = "If the page would ask for a confirmation, the answer is 422 with what it says: send confirmed with true to save it."


def build_sent_field(field: Any) -> serializers.Field:
    """How a field of a form of Settings looks in a body. Choices that aren't ids are names of fields."""
    words = {"required": False, "help_text": str(field.label or "")}
    if isinstance(field, MinutesInput):
        return build_number_field(**{**words, "help_text": f"{field.label}, in minutes."}, allow_null=True)
    if isinstance(field, forms.MultipleChoiceField) and not isinstance(field, forms.TypedMultipleChoiceField):
        return serializers.ListField(child=build_text_field(), **words)
    if isinstance(field, forms.IntegerField) or isinstance(field.widget, HueChoice):
        return build_number_field(**words, allow_null=not field.required)
    return build_body_field(field)


def build_sent_serializer(name: str, form: Any, names: Mapping[str, str]) -> type[serializers.Serializer]:
    """What a program sends, for the documentation; `names` are those that it knows, each with that of the form's field."""
    fields = {sent: build_sent_field(form.base_fields[own]) for sent, own in names.items()}
    return build_response_serializer(name, **fields)


def read_form_values(sent: dict[str, Any], names: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was sent by the names of the form, and the names by which a program knows its fields. Raises Problem 422."""
    refuse_unknown_parameters(sent, names)
    return {names[name]: value for name, value in sent.items()}, {own: name for name, own in names.items()}


def write_form(
    build_form: Callable[[Any], Any], values: Mapping[str, Any], known: Mapping[str, str], user: Any
) -> tuple[Any, Operation]:
    """The row that was added or changed, and the operation. `build_form(data)` builds the form of the page, `values` are what was sent by
    the names of its fields, and `known` are the names by which a program knows these. Raises Problem 422."""
    form = fill_form(build_form, values, known)
    form.channel = API
    record = form.write(user)
    return form.instance, record


def fill_form(build_form: Callable[[Any], Any], values: Mapping[str, Any], known: Mapping[str, str]) -> Any:
    """The valid form. Raises Problem 422."""
    blank = build_form(None)
    if missing := [name for name in values if name not in blank.fields]:
        raise build_invalid_problem(**{known[name]: "This can't be chosen here." for name in missing})
    data = get_proposed_values(blank) | _flatten_values(blank, values, known)
    for name, field in blank.fields.items():
        if isinstance(field, MinutesInput) and data.get(name, "").isdecimal():
            data[name] = f"{data[name]} min"
    form = build_form(build_query_dict(data))
    if not form.is_valid():
        raise build_invalid_problem(
            **{known.get(name, "__all__"): get_error_sentence(form, name) for name in form.errors}
        )
    return form


def _flatten_values(form: Any, values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """As a browser sends them. Raises Problem 422 for a value of another type."""
    try:
        refuse_wrong_types(form, values)
        return flatten_sent_values(values)
    except ApiProblem as problem:
        problem.errors = {known[name]: sentences for name, sentences in problem.errors.items()}
        raise


def get_error_sentence(form: Any, name: str) -> str:
    """The first sentence about a field; what has to be confirmed says why, as the page does."""
    found = [str(form.errors[name][0])]
    if name == CONFIRMED:
        found += getattr(form, "consequences", [])
        found += [broken.sentence for broken in getattr(form, "broken", [])]
        found += [format_uses_as_text(form.used)]
    return " ".join(filter(None, found))
