"""Our own additions: webhooks, the addresses that are told of operations, and the log of what was sent to them."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from accounts.models import User
from crm import webhooks
from crm.api.problems import Problem
from crm.api.view import answer
from crm.models import Change, Operation, Webhook, WebhookDelivery
from crm.models.webhook import MOST_OF_A_USER, callable_address, known_kinds
from leads.api.connect_lists import number
from leads.api.v2 import AT_FIRST, MOST, OwnView
from leads.api.v2_operations import moment, shown
from leads.api.writing import number_of
from leads.models import Lead
from leads.operations import visible_operations

MOST_LEADS = 1_000


def said(record: Operation, user: User) -> dict[str, Any] | None:
    """An operation as its user may see it, with the ids of its leads as far as they see them now."""
    if not user.has_perm("leads.view_lead") or not visible_operations(user).filter(pk=record.pk).exists():
        return None
    touched = Change.objects.filter(operation=record, table="lead").values("row")
    seen = Lead.objects.filter(pk__in=touched).visible_to(user).order_by("pk").values_list("pk", flat=True)
    ids = list(seen[: MOST_LEADS + 1])
    return {
        "event": "operation",
        "operation": shown(record, user, undone=False),
        "leads": ids[:MOST_LEADS],
        "more": len(ids) > MOST_LEADS,
    }


webhooks.SAY[:] = [said]


class WebhookFields(serializers.Serializer):
    """`kinds` are those of operations, such as add, edit, move; none are all."""

    url = serializers.CharField(max_length=500, validators=[callable_address])
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=50, validators=[known_kinds]
    )
    active = serializers.BooleanField(required=False)


def shown_webhook(row: Webhook) -> dict[str, Any]:
    return {"id": row.pk, "url": row.url, "kinds": row.kinds, "active": row.active}


class Webhooks(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        return answer(
            {"webhooks": [shown_webhook(row) for row in Webhook.objects.of(self.user).newest_first()]}
        )

    def post(self, request: Any) -> HttpResponse:
        read = WebhookFields(data=self.sent)
        read.is_valid(raise_exception=True)
        if Webhook.objects.of(self.user).full():
            raise Problem(409, "too_many", f"A user has at most {MOST_OF_A_USER} webhooks.")
        row = Webhook(user=self.user, **read.validated_data)
        secret = row.new_secret()
        row.save()
        return answer(shown_webhook(row) | {"secret": secret})


class OneWebhook(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head", "put", "delete"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return answer(shown_webhook(webhook_of(self.user, pk)))

    def put(self, request: Any, pk: str) -> HttpResponse:
        row = webhook_of(self.user, pk)
        read = WebhookFields(data=self.sent, partial=True)
        read.is_valid(raise_exception=True)
        for name, value in read.validated_data.items():
            setattr(row, name, value)
        row.save()
        return answer(shown_webhook(row))

    def delete(self, request: Any, pk: str) -> HttpResponse:
        webhook_of(self.user, pk).delete()
        return answer({"deleted": True})


class Deliveries(OwnView):
    resource = "webhooks"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        """The newest first."""
        size = number("limit", request.query_params.get("limit") or str(AT_FIRST), MOST)
        row = webhook_of(self.user, pk)
        found = WebhookDelivery.objects.filter(webhook=row).newest_first()[:size]
        return answer({"deliveries": [shown_delivery(delivery) for delivery in found]})


def shown_delivery(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "operation": row.operation_id,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "milliseconds": row.milliseconds,
        "problem": row.problem,
        "at": moment(row.at),
    }


def webhook_of(user: User, pk: str) -> Webhook:
    row = Webhook.objects.of(user).filter(pk=number_of(pk) or 0).first()
    if row is None:
        raise Problem(404, "not_found")
    return row
