"""API v2: adding, reading, changing and moving the rows of a list in Settings."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import IDEMPOTENT
from crm.api.problems import build_invalid_problem
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, call
from crm.api.v2.etags import build_etag
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_writing import API
from crm.api.v2.reference_tables import Reference
from crm.api.v2.settings_changes.form_writing import CONFIRMING
from crm.api.v2.v2_view import Fields, OwnView, get_row_or_404
from crm.records.editing.settings_change import wait_for_others
from leads.settings.api.row_list import RowList, SettingsRows, write_row
from leads.settings.lists.row_order import FIRST, PlaceForm, write_order


class PlaceFields(Fields):
    after = serializers.IntegerField(
        **NUMBER, allow_null=True, help_text="The id of the one that it comes after; null for the beginning."
    )


class NewRow(SettingsRows):
    """The list, which adds rows."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_permissions(self.listed.table.get_right("add"))
        wait_for_others()
        row, record = write_row(self.listed, None, self.sent_fields, self.user)
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return self.build_row_response(row.pk, record, 201)


class OneRow(SettingsRows, OwnView):
    http_method_names = ["get", "head", "patch"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_row_or_404(self.listed.rows(), pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(self.listed.build_json(row))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        self.require_permissions(self.listed.table.get_right("change"))
        row = self.get_row(request, pk)
        row, record = write_row(self.listed, row, self.sent_fields, self.user)
        return self.build_row_response(row.pk, record)


class MoveRow(SettingsRows, OwnView):
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        self.require_permissions(self.listed.table.get_right("change"))
        row = self.get_row(request, pk)
        after = PlaceFields.read(self.sent_fields)["after"]
        form = PlaceForm({"after": FIRST if after is None else str(after)}, rows=[row])
        if not form.is_valid():
            raise build_invalid_problem(
                after=f"Send the id of another {self.listed.one} in use, in the same list, or null."
            )
        record = write_order(self.listed.table.table, form.write, [row], by=self.user, channel=API)
        return self.build_row_response(row.pk, record)


def build_list_call(listed: RowList) -> type[Reference]:
    """The list of rows, which also adds one."""
    name = listed.reading.__name__
    methods = {"listed": listed, "http_method_names": ["get", "head", "post"]}
    view: Any = type(name, (NewRow, listed.reading), methods)
    return extend_schema_view(
        post=call(
            f"Add a {listed.one}",
            listed.written_serializer,
            name=f"add_{listed.call_name}",
            sends=listed.build_sent_serializer(is_new=True),
            made=True,
            parameters=[IDEMPOTENT, ETAG],
            example={"name": "New name"},
            words=(
                f"Adds a {listed.one} as its page in Settings does, in one operation, which can be undone. What you don’t send is as the "
                f"page proposes it. {CONFIRMING if 'confirmed' in listed.names else ''}"
            ).strip(),
        )
    )(view)


def build_row_calls(listed: RowList, *mixins: type) -> type[OneRow]:
    """One row: reading and changing it. A mixin adds how it is deleted."""
    name = listed.reading.__name__
    methods: dict[str, Any] = {"listed": listed}
    if mixins:
        methods["http_method_names"] = [*OneRow.http_method_names, "delete"]
    view: Any = type(f"One{name}", (*mixins, OneRow), methods)
    return extend_schema_view(
        get=call(
            f"Get a {listed.one}",
            listed.reading.row,
            name=f"get_{listed.call_name}",
            parameters=[ETAG],
            errors=[404],
            words=f"Returns one {listed.one}, as the list does. Its version is in the body and in the header ETag.",
        ),
        patch=call(
            f"Change a {listed.one}",
            listed.written_serializer,
            name=f"change_{listed.call_name}",
            sends=listed.build_sent_serializer(is_new=False),
            parameters=[IF_MATCH, ETAG],
            errors=[404, 412],
            example={"name": "New name"},
            words=(
                f"Changes the fields that you send and no others, in one operation, which can be undone. "
                f"{CONFIRMING if 'confirmed' in listed.names else ''}"
            ).strip(),
        ),
    )(view)


def build_move_call(listed: RowList) -> type[MoveRow]:
    name = listed.reading.__name__
    view: Any = type(f"Move{name}", (MoveRow,), {"listed": listed})
    return extend_schema_view(
        post=call(
            f"Move a {listed.one}",
            listed.written_serializer,
            name=f"move_{listed.call_name}",
            sends=PlaceFields,
            parameters=[IDEMPOTENT, IF_MATCH, ETAG],
            errors=[404, 412],
            example={"after": 3},
            words=f"Moves a {listed.one} behind another one, as the page of the list does, in one operation, which can be undone.",
        )
    )(view)
