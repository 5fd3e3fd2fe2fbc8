"""API v2: sending an email again that couldn't be sent, or what those invited to a meeting don't know yet."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_url_number
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import ApiProblem
from crm.api.v2.activities import OfActivities
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import OneRecordItemView
from crm.api.v2.v2_view import OwnView, refuse_unknown_parameters
from crm.models import Activity
from crm.work.invitations.meetings import send_again


@extend_schema_view(
    post=call(
        "Send an email again",
        build_response_serializer(
            "SentAgain", operation=build_number_field(help_text="Id of the operation. It can't be undone.")
        ),
        name="send_activity_again",
        parameters=[IDEMPOTENT],
        errors=[404, 413, 415],
        words=(
            "Sends an email again that couldn't be sent, or sends those invited to a meeting what they don't know yet. If there is no "
            "email to send again, the answer is 409 with the code already_done. The call has no body, and the token needs the right to "
            "send emails."
        ),
    )
)
class SendAgain(OfActivities, OneRecordItemView, OwnView):
    resource = "emails"
    http_method_names = ["post"]
    actions = {"POST": "post"}

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        row: Activity = self.get_item_or_404(parse_url_number(pk) or 0)
        if not Activity.scope.may_change(row, self.user):
            raise self.build_unchangeable_problem()
        done = send_again(row, by=self.user, channel=API)
        if done is None:
            raise ApiProblem(409, "already_done", "There is no email to send again.")
        return build_json_response({"operation": done.pk})
