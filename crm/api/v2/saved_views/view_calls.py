"""API v2: the saved views of a user, and those that others share with them."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.call_parameters import require_known
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.documentation.call_parts import DELETED, call
from crm.api.v2.record_items import NUMBER, check_known_kind
from crm.api.v2.records import describe_missing_time
from crm.api.v2.v2_view import Fields, OwnView, get_row_or_404, get_unknown_parameter_errors
from crm.models import SavedView
from crm.records.history.jobs import build_query_dict
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.personal_filters import is_personal
from crm.records.listing.record_list import RecordList
from crm.records.listing.saved_view_form import SavedViewForm, get_audience
from crm.records.listing.url_parameters import filter_parameters

QUERY = "The filter, search and sort, as in the address of the list, such as status=3&sort=-created_at."
SAVED_VIEW = build_response_serializer(
    "SavedView",
    id=build_number_field(help_text="Lists take it as view."),
    of=build_text_field(help_text="The record type, such as lead."),
    name=build_text_field(),
    query=build_text_field(help_text=QUERY),
    columns=serializers.ListField(
        child=build_text_field(),
        help_text="The columns that it shows. Empty if it shows those of the reader.",
    ),
    owner=build_number_field(help_text="Id of the user who saved it."),
    department=build_number_field(allow_null=True, help_text="Id of the department that it is shared with."),
    role=build_number_field(allow_null=True, help_text="Id of the role that it is shared with."),
    may_change=serializers.BooleanField(help_text="Whether the user of the token may change and delete it."),
    differs_by_user=serializers.BooleanField(
        help_text="true if a filter by me or my department gives each reader other records."
    ),
)


class ViewFields(Fields):
    name = serializers.CharField(max_length=60)
    query = serializers.CharField(max_length=5_000, required=False, allow_blank=True, help_text=QUERY)
    department = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        help_text="Id of a department of the user to share it with; null for none.",
    )
    role = serializers.IntegerField(
        **NUMBER, required=False, allow_null=True, help_text="Id of a role to share it with; null for none."
    )
    keep_columns = serializers.BooleanField(
        required=False, help_text="true saves the columns that the list of the user shows now, too."
    )

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if sent.get("department") and sent.get("role"):
            raise serializers.ValidationError({"role": "Send either department or role."})
        return sent


class NewViewFields(ViewFields):
    of = serializers.CharField(validators=[check_known_kind], help_text=f"One of: {', '.join(KINDS)}.")


def visible_views_queryset(user: Any) -> Any:
    """Those of the record types that the user may view."""
    tables = [kind.name for kind in KINDS.values() if user.has_perm(kind.get_right("view"))]
    return SavedView.objects.visible_to(user).filter(table__in=tables)


def build_view_json(row: SavedView, user: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "of": row.table,
        "name": row.name,
        "query": row.query,
        "columns": row.columns,
        "owner": row.owner_id,
        "department": row.department_id,
        "role": row.role_id,
        "may_change": row.owner_id == user.pk,
        "differs_by_user": is_personal(KINDS[row.table], row.query, user),
    }


def save_view(kind: Kind, row: SavedView | None, sent: Mapping[str, Any], user: Any) -> SavedView:
    """Through the form of the screen. What isn't sent stays. Raises Problem 422."""
    query = read_query(kind, sent["query"], user) if "query" in sent else (row.query if row else "")
    data = {
        "name": sent.get("name", row.name if row else ""),
        "audience": get_sent_audience(row, sent),
        "keep_columns": "on" if sent.get("keep_columns", bool(row and row.columns)) else "",
    }
    form = SavedViewForm(
        build_query_dict(data), instance=row or SavedView(), kind=kind, user=user, query=query, seen=row
    )
    if form.is_valid():
        return form.save()
    errors = {name: str(texts[0]) for name, texts in form.errors.items() if name != "audience"}
    if "audience" in form.errors:
        name = "role" if sent.get("role") else "department"
        errors[name] = "The user of this token can't share views with this id."
    raise build_invalid_problem(**errors)


def get_sent_audience(row: SavedView | None, sent: Mapping[str, Any]) -> str:
    """The choice of the form. Sharing it with one of the two takes the place of the other."""
    if "department" not in sent and "role" not in sent:
        return get_audience(row) if row else ""
    if sent.get("department"):
        return f"department-{sent['department']}"
    if sent.get("role"):
        return f"role-{sent['role']}"
    before = get_audience(row) if row else ""
    return "" if before.partition("-")[0] in sent else before


def read_query(kind: Kind, text: str, user: Any) -> str:
    """The query as lists read it. Raises Problem 422 for an unknown or invalid parameter."""
    data = QueryDict(text)
    known = ["q", "sort", *filter_parameters(kind, user, among=data)]
    if wrong := get_unknown_parameter_errors(data, known):
        first = next(iter(wrong))
        raise build_invalid_problem(query=f"Unknown filter {first[:60]!r}.")
    sort = data.get("sort", "")
    if sort and not kind.sorts.has_sort(sort.removeprefix("-"), user):
        raise build_invalid_problem(query=f"Unknown sort {sort[:60]!r}.")
    listing = RecordList(kind, data, user)
    if listing.errors:
        raise build_invalid_problem(query=" ".join(map(str, listing.errors)))
    if listing.lacks_time_of_change:
        raise build_invalid_problem(query=describe_missing_time(kind))
    return listing.query


@extend_schema_view(
    get=call(
        "List saved views",
        build_response_serializer("SavedViews", saved_views=SAVED_VIEW(many=True)),
        name="list_saved_views",
        parameters=[
            document_query_parameter("of", words="Only views of this record type.", enum=list(KINDS) or None)
        ],
        words=(
            "Lists the saved views of the user of the token and those that others share with them, in their order. A list with view={id} "
            "has the records of the view."
        ),
    ),
    post=call(
        "Save a view",
        SAVED_VIEW,
        name="add_saved_view",
        sends=NewViewFields,
        made=True,
        parameters=[IDEMPOTENT],
        example={"of": "lead", "name": "Hot leads", "query": "vip=yes&sort=-created_at"},
        words=(
            "Saves a filter, search and sort of a list under a name. The user of the token owns it. Sharing it requires the permission to "
            "share views."
        ),
    ),
)
class SavedViews(OwnView):
    resource = "saved_views"
    http_method_names = ["get", "head", "post"]
    parameters = ("of",)

    def get(self, request: Any) -> HttpResponse:
        of = request.query_params.get("of", "")
        require_known("of", of, ["", *KINDS])
        rows = visible_views_queryset(self.user).order_by("table", "position", "id")
        found = [build_view_json(row, self.user) for row in (rows.of_table(of) if of else rows)]
        return build_json_response({"saved_views": found})

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = NewViewFields.read(self.sent_fields)
        kind = KINDS[sent["of"]]
        if not self.user.has_perm(kind.get_right("view")):
            raise ApiProblem(403, "forbidden", f"The user of this token may not see {kind.urls}.")
        row = save_view(kind, None, sent, self.user)
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return build_json_response(build_view_json(row, self.user), 201)


@extend_schema_view(
    get=call(
        "Get a saved view",
        SAVED_VIEW,
        name="get_saved_view",
        errors=[404],
        words="Returns one saved view that the user of the token can open.",
    ),
    patch=call(
        "Change a saved view",
        SAVED_VIEW,
        name="change_saved_view",
        sends=ViewFields,
        errors=[404],
        words="Changes the fields that you send and no others. Only its owner can change a view; others get 404.",
    ),
    delete=call(
        "Delete a saved view",
        DELETED,
        name="delete_saved_view",
        errors=[404],
        words="Deletes a view, also for those with whom it is shared. Only its owner can; others get 404.",
    ),
)
class OneSavedView(OwnView):
    resource = "saved_views"
    http_method_names = ["get", "head", "patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_row_or_404(visible_views_queryset(self.user), pk)
        return build_json_response(build_view_json(row, self.user))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = ViewFields.read(self.sent_fields, partial=True)
        row = get_row_or_404(visible_views_queryset(self.user).owned_by(self.user), pk)
        row = save_view(KINDS[row.table], row, sent, self.user)
        return build_json_response(build_view_json(row, self.user))

    def delete(self, request: HttpRequest, pk: str) -> HttpResponse:
        get_row_or_404(visible_views_queryset(self.user).owned_by(self.user), pk).delete()
        return build_json_response({"deleted": True})
