"""API v2: adding, reading, changing, moving and deleting the custom fields of a record type, as their pages do."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import IDEMPOTENT, document_query_parameter
from crm.api.problems import ApiProblem
from crm.api.token_scopes import has_token_right
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, STARTED, call
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.record_writing import API
from crm.api.v2.reference_tables import Reference
from crm.api.v2.settings_changes.built_in_fields import build_built_in_field_urls
from crm.api.v2.settings_changes.field_choices import ChangeChoice, document_choice
from crm.api.v2.settings_changes.field_definitions import (
    DEFINITION_ROW,
    DEFINITION_WRITTEN,
    build_definition_settings_json,
    build_sent_definition,
    write_definition,
)
from crm.api.v2.settings_changes.field_types import ChangeType, document_type_change
from crm.api.v2.settings_changes.form_writing import CONFIRMING, DONE
from crm.api.v2.v2_view import Fields, OwnView, get_row_or_404
from crm.fields.custom.definitions.field_visibility import get_dependent_fields
from crm.fields.custom.values.stored_values import count_filled_values
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Operation
from crm.platform.text.quotation import quote_text
from crm.records.custom_fields.deletion import LARGE, delete_custom_field, queue_deletion
from crm.records.custom_fields.formula_input import get_retirement_obstacle
from crm.records.custom_fields.sections import write_field_move
from crm.records.editing.settings_change import wait_for_others
from crm.records.kinds.kind_registry import Kind

RESOURCE = "custom_fields"


class FieldRows:
    """What the views of the custom fields of one record type share, together with OwnView."""

    kind_name: ClassVar[str]
    user: Any
    headers: dict[str, str]
    sent_fields: dict[str, Any]

    def get_field(self, pk: str) -> CustomField:
        """Raises Problem 404."""
        return get_row_or_404(CustomField.objects.present_of_table(self.kind_name), pk)

    def lock_field(self, request: HttpRequest, pk: str) -> CustomField:
        """At the version that the call expects, with no other change of settings under way. Raises Problem 404 or 412."""
        wait_for_others()
        row = self.get_field(pk)
        check_version(request, row.version)
        return row

    def build_field_response(self, pk: int, record: Operation, status: int = 200) -> HttpResponse:
        row = self.get_field(str(pk))
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(
            build_definition_settings_json(row, self.user) | {"operation": record.pk}, status
        )


class NewField(FieldRows):
    """The list of custom fields, which adds one. Reading it takes the right to the records."""

    token: Any
    resource: ClassVar[str]

    def allows(self, action: str) -> bool:
        return has_token_right(self.token, f"{self.resource if action == 'get' else RESOURCE}.{action}")

    def post(self, request: HttpRequest) -> HttpResponse:
        wait_for_others()
        row, record = write_definition(self.kind_name, None, self.sent_fields, self.user)
        self.headers["Location"] = f"{request.path}/{row.key}"
        return self.build_field_response(row.pk, record, 201)


class FieldDeletion(Fields):
    with_values = serializers.BooleanField(default=False)


class OneField(FieldRows, OwnView):
    resource = RESOURCE
    http_method_names = ["get", "head", "patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get_known_parameters(self, method: str) -> Any:
        return ["with_values"] if method == "DELETE" else ()

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = self.get_field(pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(build_definition_settings_json(row, self.user))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        row = self.lock_field(request, pk)
        row, record = write_definition(self.kind_name, row, self.sent_fields, self.user)
        return self.build_field_response(row.pk, record)

    def delete(self, request: Any, pk: str) -> HttpResponse:
        sent = FieldDeletion.read(request.query_params.dict())
        row = self.lock_field(request, pk)
        if kept := get_retirement_obstacle(row):
            raise ApiProblem(409, "in_use", kept)
        if names := ", ".join(quote_text(other.label) for other in get_dependent_fields(row)):
            raise ApiProblem(409, "in_use", f"Other fields are only shown for values of this field: {names}.")
        count = count_filled_values(row)
        if count and not sent["with_values"]:
            sentence = f"Records with a value: {count}. Send with_values=true to delete the values, too."
            raise ApiProblem(409, "in_use", sentence)
        if count > LARGE:
            return build_json_response({"job": queue_deletion(row, self.user, channel=API).pk}, 202)
        return build_json_response({"operation": delete_custom_field(row, by=self.user, channel=API).pk})


class MoveFields(Fields):
    direction = serializers.ChoiceField(["up", "down"])


class MoveField(FieldRows, OwnView):
    resource = RESOURCE
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        row = self.lock_field(request, pk)
        sent = MoveFields.read(self.sent_fields)
        record = write_field_move(
            SCHEMAS[self.kind_name], row.key, sent["direction"], by=self.user, channel=API
        )
        return self.build_field_response(row.pk, record)


def build_custom_field_urls(kind: Kind, reading: type[Reference]) -> list[Any]:
    """The list of `reading`, which also adds a custom field, what is done to one of them, and the built-in fields."""
    one, own = kind.name, {"kind_name": kind.name}
    address, name = f"{one}-custom-fields", kind.model.__name__
    listing: Any = type(
        reading.__name__, (NewField, reading), {**own, "http_method_names": ["get", "head", "post"]}
    )
    views: dict[str, Any] = {
        "": type(f"One{name}Field", (OneField,), own),
        "/move": type(f"Move{name}Field", (MoveField,), own),
        "/type": type(f"Change{name}FieldType", (FieldRows, ChangeType), own),
        "/choices/<str:key>": type(f"Change{name}FieldChoice", (FieldRows, ChangeChoice), own),
    }
    document_fields(listing, views[""], views["/move"], one)
    document_type_change(views["/type"], one)
    document_choice(views["/choices/<str:key>"], one)
    return [
        path(address, listing.as_view(), name=f"own_{one}_custom_fields"),
        *(
            path(f"{address}/c<str:pk>{part}", view.as_view(), name=f"own_{one}_field{place}")
            for place, (part, view) in enumerate(views.items())
        ),
        *build_built_in_field_urls(kind),
    ]


def document_fields(listing: Any, one_field: Any, moving: Any, one: str) -> None:
    extend_schema_view(
        post=call(
            f"Add a custom field of a {one}",
            DEFINITION_WRITTEN,
            name=f"add_{one}_field",
            sends=build_sent_definition(is_new=True),
            made=True,
            parameters=[IDEMPOTENT, ETAG],
            example={"label": "Budget", "type": "money"},
            words=(
                "Adds a custom field as its page in Settings does, in one operation, which can be undone. What you don’t send is as the page "
                f"proposes it. {CONFIRMING}"
            ),
        )
    )(listing)
    extend_schema_view(
        get=call(
            f"Get a custom field of a {one}",
            DEFINITION_ROW,
            name=f"get_{one}_field",
            parameters=[ETAG],
            errors=[404],
            words="Returns all settings of one custom field, by the number in its key. Values of records are under custom_fields of the record.",
        ),
        patch=call(
            f"Change a custom field of a {one}",
            DEFINITION_WRITTEN,
            name=f"change_{one}_field",
            sends=build_sent_definition(is_new=False),
            parameters=[IF_MATCH, ETAG],
            errors=[404, 412],
            example={"label": "Budget", "choices": ["Large", "Small"]},
            words=(
                "Changes the fields that you send and no others, in one operation, which can be undone. Other calls change the type and a single "
                f"choice. {CONFIRMING}"
            ),
        ),
        delete=call(
            f"Delete a custom field of a {one}",
            DONE,
            name=f"delete_{one}_field",
            later=STARTED,
            parameters=[
                document_query_parameter(
                    "with_values", bool, "true deletes it although records have values in it."
                ),
                IF_MATCH,
            ],
            errors=[404, 412],
            words=(
                "Deletes a custom field with its values, in one operation, which can be undone. If records have a value, the answer is 409 with "
                "the code in_use and their number, unless with_values is true. For many values a job does the work, and the answer is 202."
            ),
        ),
    )(one_field)
    extend_schema_view(
        post=call(
            f"Move a custom field of a {one}",
            DEFINITION_WRITTEN,
            name=f"move_{one}_field",
            sends=MoveFields,
            parameters=[IDEMPOTENT, IF_MATCH, ETAG],
            errors=[404, 412],
            example={"direction": "up"},
            words="Moves a custom field one step up or down, also into the next section, in one operation, which can be undone.",
        )
    )(moving)
