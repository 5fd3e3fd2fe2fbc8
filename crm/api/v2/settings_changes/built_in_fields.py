"""API v2: the settings of the built-in fields of a record type, read, changed and reset as on their pages."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, call
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import (
    CONFIRMING,
    OPERATION,
    build_sent_field,
    read_form_values,
    write_form,
)
from crm.api.v2.v2_view import OwnView, refuse_unknown_parameters
from crm.fields.schemas import SCHEMAS, Schema
from crm.models import BuiltInField, CustomField, Operation
from crm.records.custom_fields.field_list import (
    get_built_in_field_names,
    is_always_required,
    is_automatic,
)
from crm.records.custom_fields.forms.built_in import BuiltInForm, reset_built_in_field
from crm.records.custom_fields.label_check import get_delivered_labels
from crm.records.custom_fields.sections import get_field_places
from crm.records.editing.settings_change import wait_for_others
from crm.records.kinds.kind_registry import Kind

TEXTS = ("label", "label_ro", "help", "help_ro")
NAMES = {name: name for name in (*TEXTS, "required", "section", "confirmed")}
ROW: dict[str, serializers.Field] = {
    "name": build_text_field(help_text="As in the record."),
    "delivered_label": build_text_field(help_text="The label that it has while label is empty."),
    **{
        name: build_text_field(help_text="What was set, or empty for what Leadwell comes with.")
        for name in TEXTS
    },
    "required": serializers.BooleanField(help_text="Whether new records must have a value."),
    "section": build_text_field(
        allow_null=True,
        help_text="The card of the form that it is on; null if it is filled in automatically.",
    ),
    "changed": serializers.BooleanField(help_text="Whether anything differs from what Leadwell comes with."),
    "version": build_number_field(help_text="For If-Match. 0 if nothing differs."),
}
BUILT_IN = build_response_serializer("BuiltInField", **ROW)
WRITTEN = build_response_serializer("BuiltInFieldWritten", **ROW, operation=OPERATION)
LISTED = build_response_serializer("BuiltInFields", built_in_fields=BUILT_IN(many=True))
SENT = build_response_serializer(
    "ChangedBuiltInField",
    **{name: build_sent_field(BuiltInForm.base_fields[name]) for name in (*TEXTS, "required", "section")},
    confirmed=serializers.BooleanField(required=False, help_text="true confirms what the page would ask."),
)


def build_fields_json(kind: Schema, names: list[str]) -> list[dict[str, Any]]:
    rows = {row.name: row for row in BuiltInField.objects.of_table(kind.name)}
    places = get_field_places(kind, CustomField.objects.present_of_table(kind.name))
    return [_build_field_json(kind, name, rows.get(name), places) for name in names]


def _build_field_json(
    kind: Schema, name: str, row: BuiltInField | None, places: dict[str, Any]
) -> dict[str, Any]:
    automatic, found = is_automatic(kind, name), row or BuiltInField(version=0)
    always = not automatic and is_always_required(kind.model._meta.get_field(name))
    return {
        "name": name,
        "delivered_label": get_delivered_labels(kind, name)["en"],
        **{text: getattr(found, text) for text in TEXTS},
        "required": found.required or always,
        "section": None if automatic else places[name][0],
        "changed": row is not None,
        "version": found.version,
    }


class OfBuiltInFields:
    """What the calls of one record type share, together with OwnView."""

    kind_name: ClassVar[str]
    resource: ClassVar[str] = "custom_fields"
    actions: ClassVar[dict[str, str]] = ACTIONS_BY_METHOD | {"PATCH": "put", "POST": "put"}
    headers: dict[str, str]

    @property
    def record_schema(self) -> Schema:
        return SCHEMAS[self.kind_name]

    def check_name(self, name: str) -> None:
        """Raises Problem 404."""
        if name not in get_built_in_field_names(self.record_schema):
            raise ApiProblem(404, "not_found")

    def lock_field(self, request: HttpRequest, name: str) -> None:
        """At the version that the call expects, with no other change of settings under way. Raises Problem 404 or 412."""
        self.check_name(name)
        wait_for_others()
        row = BuiltInField.objects.of_field(self.kind_name, name).first()
        check_version(request, row.version if row else 0)

    def build_field_response(self, name: str, record: Operation | None = None) -> HttpResponse:
        (found,) = build_fields_json(self.record_schema, [name])
        self.headers["ETag"] = build_etag(found["version"])
        return build_json_response(found | ({} if record is None else {"operation": record.pk}))


class BuiltInFields(OfBuiltInFields, OwnView):
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        names = get_built_in_field_names(self.record_schema)
        return build_json_response({"built_in_fields": build_fields_json(self.record_schema, names)})


class OneBuiltInField(OfBuiltInFields, OwnView):
    http_method_names = ["get", "head", "patch"]

    def get(self, request: Any, name: str) -> HttpResponse:
        self.check_name(name)
        return self.build_field_response(name)

    def patch(self, request: HttpRequest, name: str) -> HttpResponse:
        self.lock_field(request, name)
        values, _known = read_form_values(self.sent_fields, NAMES)
        self.refuse_fixed_rule(name, values)
        _row, record = write_form(lambda data: self.build_form(name, data), values, NAMES, self.user)
        return self.build_field_response(name, record)

    def build_form(self, name: str, data: Any = None) -> BuiltInForm:
        return BuiltInForm(data, kind=self.record_schema, name=name, user=self.user)

    def refuse_fixed_rule(self, name: str, values: dict[str, Any]) -> None:
        """Raises Problem 422 if whether the field is required can't be chosen: the form would pass over it."""
        required = self.build_form(name).fields.get("required")
        if "required" in values and required is not None and required.disabled:
            raise build_invalid_problem(required=str(required.help_text))


class ResetBuiltInField(OfBuiltInFields, OwnView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        self.lock_field(request, name)
        record = reset_built_in_field(self.record_schema, name, by=self.user, channel=API)
        return self.build_field_response(name, record)


def build_built_in_field_urls(kind: Kind) -> list[Any]:
    """The list of built-in fields, one of them, and resetting it."""
    one, own = kind.name, {"kind_name": kind.name}
    address, name = f"{one}-built-in-fields", kind.model.__name__
    views: dict[str, Any] = {
        "": type(f"{name}BuiltInFields", (BuiltInFields,), own),
        "/<slug:name>": type(f"One{name}BuiltInField", (OneBuiltInField,), own),
        "/<slug:name>/reset": type(f"Reset{name}BuiltInField", (ResetBuiltInField,), own),
    }
    listing, one_field, resetting = views.values()
    document_built_in_fields(listing, one_field, resetting, one)
    return [
        path(f"{address}{part}", view.as_view(), name=f"own_{one}_built_in_{place}")
        for place, (part, view) in enumerate(views.items())
    ]


def document_built_in_fields(listing: Any, one_field: Any, resetting: Any, one: str) -> None:
    extend_schema_view(
        get=call(
            f"List built-in fields of a {one}",
            LISTED,
            name=f"list_{one}_built_in_fields",
            words="Lists the built-in fields with what administrators have set for them: first those of the form, then those that are filled in automatically.",
        )
    )(listing)
    extend_schema_view(
        get=call(
            f"Get a built-in field of a {one}",
            BUILT_IN,
            name=f"get_{one}_built_in_field",
            parameters=[ETAG],
            errors=[404],
            words="Returns what administrators have set for one built-in field, by its name in the record.",
        ),
        patch=call(
            f"Change a built-in field of a {one}",
            WRITTEN,
            name=f"change_{one}_built_in_field",
            sends=SENT,
            parameters=[IF_MATCH, ETAG],
            errors=[404, 412],
            example={"label": "School", "required": True},
            words=(
                "Changes the label, the help, the rule and the card of a field as its page in Settings does, in one operation, which can be "
                f"undone. An empty text brings back what Leadwell comes with. {CONFIRMING}"
            ),
        ),
    )(one_field)
    extend_schema_view(
        post=call(
            f"Reset a built-in field of a {one}",
            WRITTEN,
            name=f"reset_{one}_built_in_field",
            parameters=[IDEMPOTENT, IF_MATCH, ETAG],
            errors=[404, 412, 413, 415],
            words="Makes the field as Leadwell comes with it, in one operation, which can be undone. The call has no body.",
        )
    )(resetting)
