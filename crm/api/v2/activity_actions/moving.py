"""API v2: moving an activity to another record, an email with its thread."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_url_number
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer
from crm.api.problems import build_invalid_problem
from crm.api.v2.activities import OfActivities
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import OfRecord, OneRecordItemView
from crm.api.v2.v2_view import OwnView
from crm.models import Activity
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.search.changeable_matches import find_changeable_record
from crm.work.activities.moves import can_take, get_moved_activities, move_to_record
from crm.work.grouped_timeline.thread_search import find_other_emails_of_thread

MOVED = build_response_serializer(
    "MovedActivities",
    operation=build_number_field(
        allow_null=True, help_text="Id of the operation, which can be undone; null for a preview."
    ),
    moved=serializers.ListField(
        child=build_number_field(), help_text="The ids of the activities that were moved, or would be."
    ),
)


class MovedActivityFields(OfRecord):
    """The record that the activity is moved to."""

    thread = serializers.BooleanField(
        default=True, help_text="false leaves the other emails of the thread where they are."
    )
    preview = serializers.BooleanField(
        default=False, help_text="true says what would move and moves nothing."
    )


@extend_schema_view(
    post=call(
        "Move an activity",
        MOVED,
        name="move_activity",
        sends=MovedActivityFields,
        parameters=[IDEMPOTENT],
        errors=[404],
        example={"of": "company", "record": 17, "preview": True},
        words=(
            "Moves an activity to another record, in one operation that can be undone. The user of the token must be able to change both "
            "records and the activity. An email takes the other emails of its thread along, unless thread is false. An email that is "
            "being sent stays where it is."
        ),
    )
)
class MoveActivity(OfActivities, OneRecordItemView, OwnView):
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: Any, pk: str) -> HttpResponse:
        sent = MovedActivityFields.read(self.sent_fields)
        row: Activity = self.get_item_or_404(parse_url_number(pk) or 0)
        origin = find_changeable_record(row.of, str(row.record), self.user)
        if origin is None or not Activity.scope.may_change(row, self.user):
            raise self.build_unchangeable_problem()
        target = find_changeable_record(sent["of"], str(sent["record"]), self.user)
        if target is None:
            raise build_invalid_problem(
                record="This record doesn't exist, or the user of the token can't change it."
            )
        if not can_take(target, row):
            raise build_invalid_problem(record="The activity can't be moved to this record.")
        kind = KINDS[row.of]
        others = find_other_emails_of_thread(kind, origin, self.user, row) if sent["thread"] else []
        if sent["preview"]:
            return build_json_response({"operation": None, "moved": [row.pk, *(one.pk for one in others)]})
        done = move_to_record(row, others, target, by=self.user, channel=API)
        if done is None:
            raise build_invalid_problem(
                __all__="Nothing was moved. An email that is being sent can be moved once it was sent."
            )
        moved = sorted(activity.pk for activity, _place in get_moved_activities(done))
        return build_json_response({"operation": done.pk, "moved": moved})
