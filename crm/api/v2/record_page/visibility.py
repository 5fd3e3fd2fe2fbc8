"""API v2: who can see a record and why, as "Who can see this" of its page says it."""

from html import unescape
from typing import Any

from django.http import HttpResponse
from django.utils.html import strip_tags
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_response_serializer, build_text_field
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.v2_view import OwnView
from crm.records.kinds.kind_registry import Kind

VISIBILITY = build_response_serializer(
    "RecordVisibility",
    reason=build_text_field(
        help_text="Why the token's user sees the record, to follow “You can see this because”."
    ),
    may=build_text_field(help_text="What else the user may do with it."),
    others=build_text_field(help_text="Who else sees it: how many people, and in which way."),
)


class Visibility(OwnView):
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        record = get_visible_record(self, pk)
        found = self.kind.model.scope.describe_visibility(record, self.user, self.kind)
        return build_json_response(
            {name: _get_plain_text(found[name]) for name in ("reason", "may", "others")}
        )


def _get_plain_text(sentence: str) -> str:
    """Without the bold names of the page; only what is safe has any markup."""
    return unescape(strip_tags(sentence)) if hasattr(sentence, "__html__") else sentence


def document_visibility(view: Any, kind: Kind) -> None:
    extend_schema_view(
        get=call(
            f"Say who can see a {kind.words.one}",
            VISIBILITY,
            name=f"get_{kind.name}_visibility",
            errors=[404],
            words=(
                f"Says in words why the token's user sees a {kind.words.one}, what they may do with it, and who else sees it, as its page does. "
                "For the id of a merged record, the answer is about the one that it was merged into."
            ),
        )
    )(view)
