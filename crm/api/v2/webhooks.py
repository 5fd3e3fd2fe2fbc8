"""API v2: webhooks, which are the URLs notified of operations, and the log of their deliveries."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter, parse_url_number
from crm.api.models.webhook import MOST_OF_A_USER, callable_address, known_kinds
from crm.api.problems import Problem
from crm.api.v2.operations import build_operation_json
from crm.api.v2.refusal_counts import count_refused_by_operation
from crm.api.v2.v2_view import AT_FIRST, MOST, Fields, OwnView, format_moment
from crm.models import Activity, Change, Operation, Task, Webhook, WebhookDelivery
from crm.records.history.undo.undo_permission import get_undoing_operations
from crm.records.history.visible_operations import visible_operations
from crm.records.kinds.kind_registry import KINDS

MOST_IDS = 1_000
# What belongs to records of every type.
BELONGINGS: dict[str, Any] = {"activities": Activity, "tasks": Task}


def build_visible_operation_json(record: Operation, user) -> dict[str, Any] | None:
    """An operation as its user may see it, with the IDs of its records, activities and tasks, as far as the user can see them now.

    If the user can't list the operation, only its effect on visible records is sent.
    """
    lists = visible_operations(user).filter(pk=record.pk).exists()
    kinds = [kind for kind in KINDS.values() if user.has_perm(kind.right("view"))]
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
    touched = Change.objects.of(record, model.table).values("row")
    rows = model.objects.filter(pk__in=touched).visible_to(user).order_by("pk")
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


class Webhooks(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        return build_json_response(
            {"webhooks": [build_webhook_json(row) for row in Webhook.objects.of(self.user).newest_first()]}
        )

    def post(self, request: Any) -> HttpResponse:
        sent = WebhookFields.read(self.sent)
        if Webhook.objects.of(self.user).full():
            raise Problem(409, "too_many", f"A user can have at most {MOST_OF_A_USER} webhooks.")
        row = Webhook(user=self.user, **sent)
        secret = row.new_secret()
        row.save()
        return build_json_response(build_webhook_json(row) | {"secret": secret})


class OneWebhook(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head", "put", "delete"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(build_webhook_json(get_own_webhook(self.user, pk)))

    def put(self, request: Any, pk: str) -> HttpResponse:
        row = get_own_webhook(self.user, pk)
        sent = WebhookFields.read(self.sent, partial=True)
        for name, value in sent.items():
            setattr(row, name, value)
        if "active" in sent or "url" in sent:
            row.forget_failures()
        row.save()
        return build_json_response(build_webhook_json(row))

    def delete(self, request: Any, pk: str) -> HttpResponse:
        get_own_webhook(self.user, pk).delete()
        return build_json_response({"deleted": True})


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
    row = Webhook.objects.of(user).filter(pk=parse_url_number(pk) or 0).first()
    if row is None:
        raise Problem(404, "not_found")
    return row
