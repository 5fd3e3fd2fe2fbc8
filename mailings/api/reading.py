"""API v2: mailings, each with its numbers and results, and its recipients, as their pages show them."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.call_parameters import LARGEST_ID, parse_number_parameter, require_known
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import build_invalid_problem
from crm.api.v2.documentation.call_parts import LIMIT, call
from crm.api.v2.v2_view import AT_FIRST, MOST, OwnView, get_row_or_404
from mailings.audience.audience import FaultyFilter
from mailings.audience.recipient_lines import RecipientFilter, RecipientPage, build_recipients_page
from mailings.models import Delivery, Mailing

STATE, REASON = Delivery.State.values, Delivery.Reason.values
RECIPIENT = build_response_serializer(
    "MailingRecipient",
    record=build_number_field(help_text="Id of the lead, contact or request."),
    name=build_text_field(),
    address=build_text_field(),
    state=build_text_field(help_text=f"One of {', '.join(STATE)}."),
    reason=build_text_field(help_text=f"Why it is skipped, or empty: {', '.join(REASON)}."),
    words=build_text_field(help_text="The same as the page says it."),
    problem=build_text_field(help_text="What the mail server said, or empty."),
)
RECIPIENTS = build_response_serializer(
    "MailingRecipients",
    recipients=RECIPIENT(many=True),
    unseen=build_number_field(
        help_text="How many recipients of this page are missing, because the user of the token can’t see their records."
    ),
    next=build_number_field(allow_null=True, help_text="Send it as after for the next page."),
)


@extend_schema_view(
    get=call(
        "List recipients of a mailing",
        RECIPIENTS,
        name="list_mailing_recipients",
        errors=[404],
        parameters=[
            LIMIT,
            document_query_parameter(
                "after", int, "The next of the page before. Leave it out for the first page."
            ),
            document_query_parameter("state", {"type": "string", "enum": STATE}, "Only those in this state."),
            document_query_parameter(
                "reason", {"type": "string", "enum": REASON}, "Only those skipped for it."
            ),
        ],
        words=(
            "Lists the recipients of a mailing with their state, by the ids of their records; before it is scheduled, those that it would "
            "have now. Recipients whose records the user of the token can’t see are only counted. Follow next until it is null."
        ),
    )
)
class MailingRecipients(OwnView):
    resource = "mailings"
    http_method_names = ["get", "head"]
    parameters = ("limit", "after", "state", "reason")

    def get(self, request: Any, pk: str) -> HttpResponse:
        mailing = get_row_or_404(Mailing.objects.visible_to(self.user).with_names(), pk)
        data = request.query_params
        require_known("state", data.get("state", ""), ("", *STATE))
        require_known("reason", data.get("reason", ""), ("", *REASON))
        size = parse_number_parameter("limit", data.get("limit") or str(AT_FIRST), MOST)
        after = parse_number_parameter("after", data["after"], LARGEST_ID) if data.get("after") else 0
        which = RecipientFilter(data.get("state", ""), data.get("reason", ""))
        try:
            page = build_recipients_page(mailing, which, after, self.user, size)
        except FaultyFilter as faulty:
            raise build_invalid_problem(__all__=" ".join(faulty.args)) from faulty
        return build_json_response(build_page_json(page))


def build_page_json(page: RecipientPage) -> dict[str, Any]:
    return {
        "recipients": [
            {
                "record": line.record.pk,
                "name": str(line.record),
                "address": line.address,
                "state": line.state,
                "reason": line.reason,
                "words": str(line.said),
                "problem": line.problem,
            }
            for line in page.lines
        ],
        "unseen": page.unseen,
        "next": page.following,
    }
