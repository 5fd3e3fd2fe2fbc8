"""API v2: the log of what was sent to a webhook."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter
from crm.api.openapi_parts import build_response_serializer
from crm.api.v2.documentation.call_parts import LIMIT, call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.v2_view import AT_FIRST, MOST, OwnView, format_moment
from crm.api.v2.webhook_calls.webhooks import get_own_webhook
from crm.models import WebhookDelivery

DELIVERY = build_row_serializer(
    "Delivery",
    WebhookDelivery,
    {
        "id": "",
        "operation": "",
        "state": "",
        "attempts": "",
        "status": "The HTTP status of the last answer.",
        "milliseconds": "",
        "problem": "What went wrong last time, or empty.",
        "at": "",
    },
)


@extend_schema_view(
    get=call(
        "List deliveries of a webhook",
        build_response_serializer("Deliveries", deliveries=DELIVERY(many=True)),
        name="list_deliveries",
        parameters=[LIMIT],
        errors=[404],
        words="Lists what was sent to the webhook, newest first, with the answer of the receiver.",
    )
)
class Deliveries(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head"]
    parameters = ("limit",)

    def get(self, request: Any, pk: str) -> HttpResponse:
        """Newest first."""
        size = parse_number_parameter("limit", request.query_params.get("limit") or str(AT_FIRST), MOST)
        row = get_own_webhook(self.user, pk)
        found = WebhookDelivery.objects.filter(webhook=row).newest_first()[:size]
        return build_json_response({"deliveries": [build_delivery_json(delivery) for delivery in found]})


def build_delivery_json(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "operation": row.operation_id,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "milliseconds": row.milliseconds,
        "problem": row.problem,
        "at": format_moment(row.at),
    }
