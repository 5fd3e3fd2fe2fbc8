"""API v2: webhooks, which are the URLs notified of operations, and the log of their deliveries."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter, parse_url_number
from crm.api.models.webhook import MOST_OF_A_USER, callable_address, known_kinds
from crm.api.openapi_parts import IDEMPOTENT, build_response_serializer
from crm.api.problems import ApiProblem
from crm.api.v2.documentation.call_parts import DELETED, LIMIT, call
from crm.api.v2.documentation.field_schemas import Columns, build_row_serializer
from crm.api.v2.operations import build_operation_json
from crm.api.v2.refusal_counts import count_refused_by_operation
from crm.api.v2.v2_view import AT_FIRST, MOST, Fields, OwnView, format_moment
from crm.models import Activity, Change, Operation, Task, Verdict, Webhook, WebhookDelivery
from crm.records.history.undo.undo_permission import get_undoing_operations
from crm.records.history.verb_execution import Verb
from crm.records.history.visible_operations import visible_operations_queryset
from crm.records.kinds.kind_registry import KINDS

MOST_IDS = 1_000
# What belongs to records of every type.
BELONGINGS: dict[str, Any] = {"activities": Activity, "tasks": Task}


def build_visible_operation_json(record: Operation, user) -> dict[str, Any] | None:
    """An operation as its user may see it, with the IDs of its records, activities and tasks, as far as the user can see them now.

    If the user can't list the operation, only its effect on visible records is sent.
    """
    lists = visible_operations_queryset(user).filter(pk=record.pk).exists()
    kinds = [kind for kind in KINDS.values() if user.has_perm(kind.get_right("view"))]
    seen = {kind.urls: ids for kind in kinds if (ids := _get_visible_changed_ids(record, kind.model, user))}
    belonging = {
        name: ids
        for name, model in BELONGINGS.items()
        if (ids := _get_visible_changed_ids(record, model, user))
    }
    if not kinds or not (lists or seen or belonging):
        return None
    changed = sum(len(ids[:MOST_IDS]) for ids in (seen or belonging).values())
    seen |= belonging
    told = {name: ids[:MOST_IDS] for name, ids in seen.items()}
    more = any(len(ids) > MOST_IDS for ids in seen.values())
    refused = count_refused_by_operation([record])[record.pk] if lists else {}
    operation = build_operation_json(record, user, get_undoing_operations([]), refused)
    if not lists:
        operation |= {"changed": changed, "unchanged": 0}
    return {"event": "operation", "operation": operation, **told, "more": more}


def _get_visible_changed_ids(record: Operation, model: Any, user) -> list[int]:
    """The IDs of the changed rows that the user can see; one more than are sent means "more"."""
    named = Q(pk__in=Change.objects.of_operation_and_parts(record, model.table).values("row"))
    verb = Verb.known.get(record.kind)
    if verb and verb.is_about_verdicts and not record.undoes_id:
        verdicts = Verdict.objects.of_operations(record.own_ids, model.table)
        named |= Q(pk__any=[pk for ids in verdicts.values_list("ids", flat=True) for pk in ids])
    rows = model.objects.filter(named).visible_to(user).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: MOST_IDS + 1])


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
ONE_WEBHOOK = build_row_serializer("OwnWebhook", Webhook, WEBHOOK)


@extend_schema_view(
    get=call(
        "List webhooks",
        build_response_serializer("OwnWebhooks", webhooks=ONE_WEBHOOK(many=True)),
        name="own_webhooks",
        words="Lists the webhooks of the user of the token, newest first.",
    ),
    post=call(
        "Add a webhook",
        build_row_serializer("OwnNewWebhook", Webhook, {**WEBHOOK, **dict.fromkeys(["secret"], "")}),
        name="own_webhook_add",
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
        name="own_webhook",
        errors=[404],
        words="Returns one webhook of the user of the token.",
    ),
    put=call(
        "Change a webhook",
        ONE_WEBHOOK,
        name="own_webhook_change",
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
        name="own_webhook_delete",
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


DELIVERY = build_row_serializer(
    "OwnDelivery",
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
        build_response_serializer("OwnDeliveries", deliveries=DELIVERY(many=True)),
        name="own_deliveries",
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


def get_own_webhook(user, pk: str) -> Webhook:
    row = Webhook.objects.of_user(user).filter(pk=parse_url_number(pk) or 0).first()
    if row is None:
        raise ApiProblem(404, "not_found")
    return row
