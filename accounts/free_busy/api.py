"""API v2: when users are busy and when they are free. Why someone is busy isn't said, as on the calendar of a colleague."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from accounts.free_busy.free_times import DAY, UserTimes, get_user_times
from accounts.free_busy.time_spans import Span, intersect_spans
from accounts.models import Department, User
from crm.api.api_view import build_json_response
from crm.api.call_parameters import LARGEST_ID, parse_number_parameter, require_known
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.record_items import ME
from crm.api.v2.v2_view import OwnView, format_moment, get_row_or_404
from crm.platform.configuration.time_zones import is_offered_zone
from crm.work.tasks.calendar.calendar_period import EARLIEST, LATEST

MOST_USERS, MOST_DAYS, USUAL_DAYS = 50, 31, 7
WRONG_MOMENT = "Send a day like 2026-11-20 or a time like 2026-11-20T09:00:00Z, between 2000 and 2099."

PERIOD = build_response_serializer(
    "TimeSpan",
    **{
        "from": serializers.DateTimeField(help_text="The first moment."),
        "to": serializers.DateTimeField(help_text="The moment at which it is over."),
    },
)
ONLY_IF_ASKED = "Only if you send free=yes."
BUSY_USER = build_response_serializer(
    "BusyUser",
    id=build_number_field(),
    name=build_text_field(),
    time_zone=build_text_field(help_text="On whose clock they work, such as Europe/Bucharest."),
    busy=PERIOD(
        many=True,
        help_text="Meetings, tasks with a time, absences and events of their own calendar, in order, merged where they overlap.",
    ),
    free=PERIOD(
        many=True,
        required=False,
        help_text=f"What remains of their working hours on days that aren't holidays. {ONLY_IF_ASKED}",
    ),
)
BUSY_TIMES = build_response_serializer(
    "BusyTimes",
    **{
        "from": serializers.DateTimeField(),
        "to": serializers.DateTimeField(),
        "users": BUSY_USER(many=True, help_text="By name."),
        "all_free": PERIOD(
            many=True, required=False, help_text=f"When all of them are free. {ONLY_IF_ASKED}"
        ),
    },
)


@extend_schema_view(
    get=call(
        "List when users are busy",
        BUSY_TIMES,
        name="list_busy_times",
        errors=[404],
        parameters=[
            document_query_parameter(
                "users",
                words=f"Ids of active users, separated by commas; me is the user of the token. Default: me. At most {MOST_USERS}.",
            ),
            document_query_parameter(
                "department", int, "The active users of this department whom the user of the token sees."
            ),
            document_query_parameter("from", words="A day or a time. Default: today."),
            document_query_parameter(
                "to",
                words=f"The last day, or the time at which the period ends, at most {MOST_DAYS} days later. Default: seven days.",
            ),
            document_query_parameter(
                "zone",
                words="On whose clock days, and times without an offset, are meant, such as Europe/Bucharest. Default: that of the user "
                "of the token.",
            ),
            document_query_parameter(
                "free", {"type": "string", "enum": ["yes", "no"]}, "yes for the free times too."
            ),
        ],
        words=(
            "Says when users are busy, in UTC, and nothing else: no title, no record, no place. A user whom the user of the token "
            "doesn't see is not found."
        ),
    )
)
class BusyTimes(OwnView):
    resource = "busy_times"
    http_method_names = ["get", "head"]
    parameters = ("users", "department", "from", "to", "zone", "free")

    def get(self, request: Any) -> HttpResponse:
        asked = request.query_params
        require_known("free", asked.get("free", ""), ("", "yes", "no"))
        period = parse_period(asked, parse_zone(asked.get("zone", ""), self.user.zone))
        users, shows_free = self.get_people(asked), asked.get("free") == "yes"
        times = get_user_times(users, period)
        found = format_span(period)
        found["users"] = [build_user_json(user, times[user.pk], shows_free=shows_free) for user in users]
        if shows_free:
            found["all_free"] = build_spans_json(get_common_free_times(list(times.values())))
        return build_json_response(found)

    def get_people(self, asked: Any) -> list[User]:
        """Those who are named, and those of the department. Raises Problem 404 for one who isn't seen, and 422 for too many."""
        seen = User.objects.active().visible_to(self.user)
        named = asked.get("users") or ("" if asked.get("department") else ME)
        ids = {parse_user(text.strip(), self.user) for text in filter(None, named.split(","))}
        rows = seen.of_ids(ids)
        if asked.get("department"):
            department = get_row_or_404(Department.objects.visible_to(self.user), asked["department"])
            rows |= seen.in_departments([department.pk])
        users = list(rows.by_name()[: MOST_USERS + 1])
        if len(users) > MOST_USERS or len(ids) > MOST_USERS:
            name = "users" if len(ids) > MOST_USERS else "department"
            raise build_invalid_problem(**{name: f"Ask for at most {MOST_USERS} users at once."})
        if missing := sorted(ids - {user.pk for user in users}):
            raise ApiProblem(404, "not_found", f"There is no active user with the id {missing[0]}.")
        return users


def parse_user(text: str, user: User) -> int:
    return user.pk if text == ME else parse_number_parameter("users", text, LARGEST_ID)


def parse_zone(text: str, otherwise: ZoneInfo) -> ZoneInfo:
    if text and not is_offered_zone(text):
        raise build_invalid_problem(zone="Send a time zone like Europe/Bucharest.")
    return ZoneInfo(text) if text else otherwise


def parse_period(asked: Any, zone: ZoneInfo) -> Span:
    """Raises Problem 422. Lengths are compared on the clock of the zone: with a change of the clock, 31 days have an hour more."""
    today = datetime.combine(timezone.now().astimezone(zone).date(), time.min, zone)
    begins = parse_moment("from", asked["from"], zone) if asked.get("from") else today
    ends = (
        parse_moment("to", asked["to"], zone, is_last=True) if asked.get("to") else begins + USUAL_DAYS * DAY
    )
    if ends <= begins:
        raise build_invalid_problem(to="The end is before the beginning.")
    if ends - begins > MOST_DAYS * DAY:
        raise build_invalid_problem(to=f"Ask for at most {MOST_DAYS} days at once.")
    return Span(begins.astimezone(UTC), ends.astimezone(UTC))


def parse_moment(name: str, text: str, zone: ZoneInfo, *, is_last: bool = False) -> datetime:
    """On the clock of the zone; a day that `is_last` belongs to the period. Raises Problem 422."""
    try:
        if len(text) == len("2026-11-20"):
            day = date.fromisoformat(text)
            moment = datetime.combine(day + DAY if is_last else day, time.min, zone)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    except (ValueError, OverflowError):
        raise build_invalid_problem(**{name: WRONG_MOMENT}) from None
    if not EARLIEST <= moment.date() <= (LATEST + DAY if is_last else LATEST):
        raise build_invalid_problem(**{name: WRONG_MOMENT})
    return moment


def get_common_free_times(times: Sequence[UserTimes]) -> list[Span]:
    """When all of them are free; none for no one."""
    return reduce(intersect_spans, [each.free for each in times]) if times else []


def build_user_json(user: User, times: UserTimes, *, shows_free: bool) -> dict[str, Any]:
    found = {"id": user.pk, "name": user.name, "time_zone": str(user.zone)}
    found["busy"] = build_spans_json(times.busy)
    return found | ({"free": build_spans_json(times.free)} if shows_free else {})


def build_spans_json(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [format_span(span) for span in spans]


def format_span(span: Span) -> dict[str, Any]:
    return {"from": format_moment(span.begins), "to": format_moment(span.ends)}
