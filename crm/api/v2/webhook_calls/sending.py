"""API v2: sending to a webhook by hand: a test, one delivery again, or what it missed since a moment."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import LARGEST_ID
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.documentation.call_parts import STARTED, call
from crm.api.v2.v2_view import Fields, OwnView, refuse_unknown_parameters
from crm.api.v2.webhook_calls.deliveries import DELIVERY, build_delivery_json
from crm.api.v2.webhook_calls.webhooks import get_own_webhook
from crm.api.webhooks.replay import check_start, count_replayed, start_replay
from crm.api.webhooks.webhook_delivery import queue_redelivery, send_test
from crm.models import Webhook


class ResendFields(Fields):
    """The delivery to send again."""

    delivery = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Its id in the log.")


class ReplayFields(Fields):
    """From when on, and what is sent: what didn't arrive, or everything."""

    since = serializers.DateTimeField(
        validators=[check_start],
        help_text="With a time zone, such as 2026-11-27T08:00:00Z. A change has the time at which it began.",
    )
    everything = serializers.BooleanField(default=False, help_text="true sends again also what has arrived.")
    preview = serializers.BooleanField(default=False, help_text="true counts and sends nothing.")


def refuse_inactive(webhook: Webhook) -> None:
    """Raises Problem 409 for one that is off."""
    if not webhook.active:
        raise ApiProblem(409, "webhook_off", "The webhook is off. Set active to true first.")


@extend_schema_view(
    post=call(
        "Test a webhook",
        DELIVERY,
        name="test_webhook",
        made=True,
        parameters=[IDEMPOTENT],
        errors=[404, 409, 413, 415],
        words='Sends {"event": "test"} to the address. The call has no body. The log of deliveries shows the result.',
    )
)
class TestWebhook(OwnView):
    resource = "webhooks"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        webhook = get_own_webhook(self.user, pk)
        refuse_inactive(webhook)
        delivery = send_test(webhook)
        delivery.refresh_from_db()
        return build_json_response(build_delivery_json(delivery), 201)


@extend_schema_view(
    post=call(
        "Send a delivery again",
        DELIVERY,
        name="resend_delivery",
        sends=ResendFields,
        parameters=[IDEMPOTENT],
        errors=[404, 409],
        example={"delivery": 345},
        words="Sends one delivery of the log again, whatever its result was, with all its retries and under the same number.",
    )
)
class ResendDelivery(OwnView):
    resource = "webhooks"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        webhook = get_own_webhook(self.user, pk)
        number = ResendFields.read(self.sent_fields)["delivery"]
        refuse_inactive(webhook)
        row = webhook.deliveries.filter(pk=number).first()
        if row is None:
            raise build_invalid_problem(delivery="This delivery isn't in the log.")
        queue_redelivery(row)
        return build_json_response(build_delivery_json(row))


@extend_schema_view(
    post=call(
        "Send what a webhook missed",
        build_response_serializer(
            "ReplayCounts",
            unsent=build_number_field(help_text="Never sent, because the webhook was off or not there yet."),
            failed=build_number_field(help_text="Sent without success."),
            waiting=build_number_field(help_text="On their way already."),
            delivered=build_number_field(help_text="Arrived."),
            sent=build_number_field(help_text="How many a replay sends at most. Repeat it for the rest."),
        ),
        name="replay_webhook",
        sends=ReplayFields,
        later=STARTED,
        parameters=[IDEMPOTENT],
        errors=[404, 409],
        example={"since": "2026-11-27T08:00:00Z", "preview": True},
        words=(
            "Sends the changes since a moment that didn't arrive, in the order in which they happened, and answers with 202 and "
            "a job. The counts are of everyone's changes, and only those that the user of the webhook can see are sent. The "
            "moment can be as old as the log of deliveries."
        ),
    )
)
class ReplayWebhook(OwnView):
    resource = "webhooks"
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        webhook = get_own_webhook(self.user, pk)
        sent = ReplayFields.read(self.sent_fields)
        since, everything = sent["since"], sent["everything"]
        if sent["preview"]:
            counts = count_replayed(webhook, since)
            return build_json_response(asdict(counts) | {"sent": counts.count_sent(everything=everything)})
        refuse_inactive(webhook)
        return build_json_response(
            {"job": start_replay(webhook, since, self.user, everything=everything).pk}, 202
        )
