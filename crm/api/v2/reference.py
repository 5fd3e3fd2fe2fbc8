"""API v2: the small tables whose ids records carry, such as tags. Each is one list without pages."""

from typing import Any, ClassVar

from django.http import HttpResponse

from crm.api.v2.view import OwnView
from crm.api.view import answer
from crm.models import Tag


class Reference(OwnView):
    """`name` is the key of the list in the answer."""

    http_method_names = ["get", "head"]
    name: ClassVar[str]

    def get(self, request: Any) -> HttpResponse:
        return answer({self.name: self.rows()})

    def rows(self) -> list[dict[str, Any]]:
        """What the user of the token sees of the table, in its order."""
        raise NotImplementedError


class Tags(Reference):
    name = resource = "tags"

    def rows(self) -> list[dict[str, Any]]:
        return [{"id": tag.pk, "name": tag.name, "retired": tag.retired} for tag in Tag.objects.by_name()]
