"""API v2: webhooks, which are the URLs notified of operations."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.models.webhook import MOST_OF_A_USER, callable_address, known_kinds
from crm.api.openapi_parts import IDEMPOTENT, build_response_serializer
from crm.api.problems import ApiProblem
from crm.api.v2.documentation.call_parts import DELETED, call
from crm.api.v2.documentation.field_schemas import Columns, build_row_serializer
from crm.api.v2.v2_view import Fields, OwnView, format_moment, get_row_or_404
from crm.models import Webhook


class WebhookFields(Fields):
    """The address of a webhook, and the kinds of operations that it receives, such as add, edit and move."""

    url = serializers.CharField(max_length=500, validators=[callable_address])
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=50, validators=[known_kinds]
    )
    active = serializers.BooleanField(required=False)


def build_webhook_json(row: Webhook) -> dict[str, Any]:
    failing = format_moment(row.failing_since) if row.failing_since else None
    return {
        "id": row.pk,
        "url": row.url,
        "kinds": row.kinds,
        "active": row.active,
        "failing_since": failing,
    }


WEBHOOK: Columns = {
    "id": "",
    "url": "",
    "kinds": "",
    "active": "",
    "failing_since": "Since when no delivery has arrived. Empty while deliveries arrive.",
}
ONE_WEBHOOK = build_row_serializer("Webhook", Webhook, WEBHOOK)


@extend_schema_view(
    get=call(
        "List webhooks",
        build_response_serializer("Webhooks", webhooks=ONE_WEBHOOK(many=True)),
        name="list_webhooks",
        words="Lists the webhooks of the user of the token, newest first.",
    ),
    post=call(
        "Add a webhook",
        build_row_serializer("NewWebhook", Webhook, {**WEBHOOK, **dict.fromkeys(["secret"], "")}),
        name="add_webhook",
        sends=WebhookFields,
        made=True,
        parameters=[IDEMPOTENT],
        example={"url": "https://example.com/leadwell", "kinds": ["add", "move"]},
        words=(
            "Leadwell sends a POST to the address for each operation that the user of the token can see or that changed "
            "records the user can see. Without kinds it sends all of them. The secret is returned only this once. Check the header Leadwell-Signature: t is the "
            "time of the call, v1 the HMAC-SHA256 of t, a dot and the body with the secret."
        ),
    ),
)
class Webhooks(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        return build_json_response(
            {
                "webhooks": [
                    build_webhook_json(row) for row in Webhook.objects.of_user(self.user).newest_first()
                ]
            }
        )

    def post(self, request: Any) -> HttpResponse:
        sent = WebhookFields.read(self.sent_fields)
        if Webhook.objects.of_user(self.user).is_full():
            raise ApiProblem(409, "too_many", f"A user can have at most {MOST_OF_A_USER} webhooks.")
        row = Webhook(user=self.user, **sent)
        secret = row.set_new_secret()
        row.save()
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return build_json_response(build_webhook_json(row) | {"secret": secret}, 201)


@extend_schema_view(
    get=call(
        "Get a webhook",
        ONE_WEBHOOK,
        name="get_webhook",
        errors=[404],
        words="Returns one webhook of the user of the token.",
    ),
    put=call(
        "Change a webhook",
        ONE_WEBHOOK,
        name="change_webhook",
        sends=WebhookFields(partial=True),
        errors=[404],
        example={"active": False},
        words=(
            "Changes the fields that you send and no others. Set active to false to pause the webhook. Leadwell does so "
            "itself after a day in which every delivery failed, and notifies the user: set active to true to resume."
        ),
    ),
    delete=call(
        "Delete a webhook",
        DELETED,
        name="delete_webhook",
        errors=[404],
        words="Deletes the webhook and the log of its deliveries. Nothing more is sent.",
    ),
)
class OneWebhook(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head", "put", "delete"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(build_webhook_json(get_own_webhook(self.user, pk)))

    def put(self, request: Any, pk: str) -> HttpResponse:
        row = get_own_webhook(self.user, pk)
        sent = WebhookFields.read(self.sent_fields, partial=True)
        for name, value in sent.items():
            setattr(row, name, value)
        if "active" in sent or "url" in sent:
            row.forget_failures()
        row.save()
        return build_json_response(build_webhook_json(row))

    def delete(self, request: Any, pk: str) -> HttpResponse:
        get_own_webhook(self.user, pk).delete()
        return build_json_response({"deleted": True})


def get_own_webhook(user, pk: str) -> Webhook:
    return get_row_or_404(Webhook.objects.of_user(user), pk)
