"""API v2: the small tables that records refer to, such as tags; each is one list without pages."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse

from crm.api.api_view import build_json_response
from crm.api.v2.v2_view import OwnView
from crm.models import Tag


class Reference(OwnView):
    """`name` is the key of the list in the response; `rows` returns what a user can see of the table, in order."""

    http_method_names = ["get", "head"]
    name: ClassVar[str]
    rows: ClassVar[Callable[[Any], list[dict[str, Any]]]]

    def get(self, request: Any) -> HttpResponse:
        return build_json_response({self.name: type(self).rows(self.user)})


def tags(user: Any) -> list[dict[str, Any]]:
    return [{"id": tag.pk, "name": tag.name, "retired": tag.retired} for tag in Tag.objects.by_name()]
