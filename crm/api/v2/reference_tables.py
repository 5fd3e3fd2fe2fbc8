"""API v2: the small tables that records refer to, such as tags; each is one list without pages."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.v2_view import OwnView
from crm.models import Tag


class Reference(OwnView):
    """`name` is the key of the list in the response; `rows` returns what a user can see of the table, in order, and `row` describes
    one of them."""

    http_method_names = ["get", "head"]
    name: ClassVar[str]
    rows: ClassVar[Callable[[Any], list[dict[str, Any]]]]
    row: ClassVar[type[serializers.Serializer]]

    def get(self, request: HttpRequest) -> HttpResponse:
        return build_json_response({self.name: type(self).rows(self.user)})


def build_reference_call(
    rows: Callable[[Any], list[dict[str, Any]]],
    fields: dict[str, Any],
    *,
    resource: str,
    summary: str,
    words: str,
    title: str = "",
) -> type[Reference]:
    """The call that lists a small table; the call and the list in its response are named after the reading function, and
    so are the schemas unless they have another `title`."""
    name = rows.__name__
    title = title or name.title().replace("_", "")
    row = build_response_serializer(f"{title}Row", **fields)
    attributes = {"name": name, "resource": resource, "rows": staticmethod(rows), "row": row}
    answer = build_response_serializer(title, **{name: row(many=True)})
    documentation = call(summary, answer, name=f"list_{name}", words=words)
    return extend_schema_view(get=documentation)(type(title, (Reference,), attributes))


def build_name_json(row: Any) -> dict[str, Any]:
    """A row that has a name and nothing else."""
    return {"id": row.pk, "name": row.label, "retired": row.retired, "version": row.version}


def tags(user: Any) -> list[dict[str, Any]]:
    return [build_name_json(row) for row in Tag.objects.by_name()]


Tags = build_reference_call(
    tags,
    {
        "id": build_number_field(),
        "name": build_text_field(),
        "retired": serializers.BooleanField(),
        "version": build_number_field(help_text="For If-Match."),
    },
    resource="tags",
    summary="List tags",
    words="Lists the tags by name. Records carry their ids in tags.",
)
