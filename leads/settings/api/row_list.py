"""A list in Settings as programs change it: its rows, its form, and what they call the fields of the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.token_scopes import TokenResource, has_token_right
from crm.api.v2.documentation.field_schemas import build_body_field
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.api.v2.record_writing import get_proposed_values
from crm.api.v2.reference_tables import Reference
from crm.api.v2.v2_view import get_row_or_404, refuse_unknown_parameters
from crm.fields.types.durations import MinutesInput
from crm.models import Operation
from crm.records.editing.confirmed_change import CONFIRMED
from crm.records.editing.settings_change import wait_for_others
from crm.records.editing.settings_form import SettingsForm
from crm.records.history.jobs import build_query_dict
from crm.records.kinds.record_uses import format_uses_as_text
from leads.settings.settings_tables import SettingsTable

API = Operation.Channel.API
SEES = "leads.view_lead"
# A right of its own, so that no token of before changes settings. Which lists is up to the permissions of the user.
SETTINGS = TokenResource(
    "settings_lists",
    _("Lists in Settings"),
    dict.fromkeys(("post", "put", "delete"), SEES),
    SEES,
    hint=_("Statuses, sources, tags, lost reasons and pipelines, as far as the user may change them."),
)
OPERATION = build_number_field(
    allow_null=True, help_text="Id of the operation, which can be undone; null if nothing was changed."
)


@dataclass(frozen=True)
class RowList:
    """`one` and `many` are its words. `rows` are a queryset, and `reading` is the call that lists them. `build_form(data, row, sent)` builds
    the form of the page, whose fields have these `names` for programs; `added` and `changed` are those that only a new row or only an
    existing one has. `build_json` is how a row looks."""

    table: SettingsTable
    one: str
    many: str
    rows: Callable[[], Any]
    reading: type[Reference]
    build_json: Callable[[Any], dict[str, Any]]
    build_form: Callable[[Any, Any, Mapping[str, Any], Any], SettingsForm]
    form: type[SettingsForm]
    names: Mapping[str, str]
    added: Mapping[str, str]
    changed: Mapping[str, str]

    def get_names(self, *, is_new: bool) -> dict[str, str]:
        return {**self.names, **(self.added if is_new else self.changed)}

    def build_sent_serializer(self, *, is_new: bool) -> type[serializers.Serializer]:
        """What a program sends, for the documentation."""
        names = self.get_names(is_new=is_new).items()
        fields = {name: build_sent_field(self.form.base_fields[own]) for name, own in names}
        return build_response_serializer(
            f"Own{'New' if is_new else 'Changed'}{self.reading.__name__}Row", **fields
        )

    def build_answer_serializer(self, **more: serializers.Field) -> type[serializers.Serializer]:
        """A row as it is after a change."""
        own = self.reading.row().get_fields()
        return build_response_serializer(
            f"Own{self.reading.__name__}RowWritten", **own, operation=OPERATION, **more
        )


def build_sent_field(field: Any) -> serializers.Field:
    """How a field of a form of Settings looks in a body. Choices that aren't ids are names of fields."""
    words = {"required": False, "help_text": str(field.label or "")}
    if isinstance(field, MinutesInput):
        return build_number_field(**{**words, "help_text": f"{field.label}, in minutes."}, allow_null=True)
    if isinstance(field, forms.MultipleChoiceField) and not isinstance(field, forms.TypedMultipleChoiceField):
        return serializers.ListField(child=build_text_field(), **words)
    if isinstance(field, forms.IntegerField) or "hue" in field.widget.__class__.__name__.lower():
        return build_number_field(**words, allow_null=not field.required)
    return build_body_field(field)


class SettingsRows:
    """What the views of one list share, together with OwnView. Reading it takes the right to what lists it."""

    listed: RowList
    user: Any
    token: Any
    headers: dict[str, str]
    sent_fields: dict[str, Any]

    def allows(self, action: str) -> bool:
        resource = self.listed.reading.resource if action == "get" else SETTINGS.name
        return has_token_right(self.token, f"{resource}.{action}")

    def require_permissions(self, *permissions: str) -> None:
        """Raises Problem 403."""
        if not self.user.has_perms(permissions):
            raise ApiProblem(
                403, "forbidden", f"The user of this token may not do this to {self.listed.many}."
            )

    def get_row(self, request: HttpRequest, pk: str) -> Any:
        """The row at the version that the call expects, with no other change of settings under way. Raises Problem 404 or 412."""
        wait_for_others()
        row = get_row_or_404(self.listed.rows(), pk)
        check_version(request, row.version)
        return row

    def build_row_response(self, pk: int, record: Operation, status: int = 200) -> HttpResponse:
        """The row as it is now, and the operation."""
        row = self.listed.rows().get(pk=pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(self.listed.build_json(row) | {"operation": record.pk}, status)


def write_row(listed: RowList, row: Any, sent: dict[str, Any], user: Any) -> tuple[Any, Operation]:
    """The row that was added or changed through the form of the page, and the operation. What isn't sent stays. Raises Problem 422."""
    names = listed.get_names(is_new=row is None)
    refuse_unknown_parameters(sent, names)
    known = {own: name for name, own in names.items()}
    values = {names[name]: value for name, value in sent.items()}
    blank = listed.build_form(None, row, values, user)
    if missing := [name for name in values if name not in blank.fields]:
        sentence = f"This can't be chosen for this {listed.one}."
        raise build_invalid_problem(**{known[name]: sentence for name in missing})
    data = get_proposed_values(blank) | _flatten_values(blank, values, known)
    for name, field in blank.fields.items():
        if isinstance(field, MinutesInput) and data.get(name, "").isdecimal():
            data[name] = f"{data[name]} min"
    form = listed.build_form(build_query_dict(data), row, values, user)
    if not form.is_valid():
        raise build_invalid_problem(
            **{known.get(name, "__all__"): get_error_sentence(form, name) for name in form.errors}
        )
    record = form.write(user, API)
    return form.instance, record


def _flatten_values(form: Any, values: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
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
