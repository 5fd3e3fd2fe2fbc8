"""API v2: reading booking pages and their free times."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from accounts.free_busy.time_spans import Span
from bookings.form_obstacles import get_form_obstacle
from bookings.free_slots import DAY, iterate_free_moments
from bookings.models import BookingPage
from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, document_query_parameter
from crm.api.problems import build_invalid_problem
from crm.api.token_scopes import TokenResource
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.v2_view import OwnView, format_moment, get_row_or_404
from intake.forms.questions import get_usable_questions
from leads.models import Lead

VIEW = BookingPage.get_right("view")
# What is booked is on leads.
ON_LEADS = {"get": "view", "post": "add", "put": "change", "delete": "change"}
RESOURCES = [
    TokenResource("booking_pages", _("Booking pages"), {"get": VIEW}, VIEW),
    TokenResource(
        "bookings", _("Bookings"), {name: Lead.get_right(right) for name, right in ON_LEADS.items()}, VIEW
    ),
]
# How many days' times are returned at once, and how far they can be from today.
DAYS, FARTHEST = 7, 730 * DAY
COPIED = (
    *("name", "slug", "url", "published", "people", "choice", "minutes", "minutes_before", "minutes_after"),
    *("notice_hours", "days_ahead", "most_a_day", "place", "reminders"),
)


def visible_pages_queryset(user: Any) -> Any:
    return BookingPage.objects.active().visible_to(user).with_form().by_name()


def is_open(page: BookingPage) -> bool:
    """Whether visitors can book through it."""
    return page.published and not page.retired and not get_form_obstacle(page.form)


def build_page_json(page: BookingPage) -> dict[str, Any]:
    copied = {name: getattr(page, name) for name in COPIED}
    questions = [
        {"name": one.field, "label": one.shown_label, "required": one.required}
        for one in get_usable_questions(page.form.questions)
        if not one.hidden
    ]
    more = {"open": is_open(page), "form": page.form_id, "status": page.status_id, "questions": questions}
    return {"id": page.pk, **copied, **more}


QUESTION = build_response_serializer(
    "BookingQuestion",
    name=serializers.CharField(help_text="What the answer is sent under."),
    label=serializers.CharField(),
    required=serializers.BooleanField(),
)
PAGE = build_row_serializer(
    "BookingPage",
    BookingPage,
    {
        "id": "",
        "name": "",
        "slug": "",
        "url": serializers.URLField(),
        "published": "",
        "people": serializers.ListField(child=serializers.IntegerField(), help_text="Ids of users."),
        "choice": "Who is booked.",
        "minutes": "",
        "minutes_before": "",
        "minutes_after": "",
        "notice_hours": "",
        "days_ahead": "",
        "most_a_day": "Of each person; 0 for no limit.",
        "place": "",
        "reminders": "",
        "open": serializers.BooleanField(help_text="Whether times can be booked."),
        "form": "Id of the web form with its questions.",
        "status": "Id of the status that leads get, or null.",
        "questions": QUESTION(many=True),
    },
)
TIMES = build_response_serializer(
    "BookingTimes",
    times=serializers.ListField(
        child=serializers.DateTimeField(), help_text="When a meeting can begin, in order."
    ),
    next=serializers.DateTimeField(
        allow_null=True, help_text="The first free time after these days; null if the page has no later one."
    ),
    minutes=build_number_field(help_text="The length of the meeting."),
)


@extend_schema_view(
    get=call(
        "List booking pages",
        build_response_serializer("BookingPages", booking_pages=PAGE(many=True)),
        name="list_booking_pages",
        words="Lists the booking pages that the user of the token can see, by name, each with its questions.",
    )
)
class BookingPages(OwnView):
    resource = "booking_pages"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        rows = visible_pages_queryset(self.user)
        return build_json_response({"booking_pages": [build_page_json(row) for row in rows]})


@extend_schema_view(
    get=call(
        "Get a booking page",
        PAGE,
        name="get_booking_page",
        errors=[404],
        words="Returns one booking page with its questions.",
    )
)
class OneBookingPage(OwnView):
    resource = "booking_pages"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(build_page_json(get_row_or_404(visible_pages_queryset(self.user), pk)))


@extend_schema_view(
    get=call(
        "List the free times of a booking page",
        TIMES,
        name="list_booking_times",
        errors=[404],
        parameters=[
            document_query_parameter(
                "from",
                {"type": "string", "format": "date"},
                "The first of seven days, in UTC. Default: today.",
            )
        ],
        words=(
            "Returns the moments at which a meeting can begin, in UTC, exactly those that the page shows to visitors. A page that "
            "isn't open has none."
        ),
    )
)
class BookingTimes(OwnView):
    resource = "booking_pages"
    http_method_names = ["get", "head"]
    parameters = ("from",)

    def get(self, request: Any, pk: str) -> HttpResponse:
        page = get_row_or_404(visible_pages_queryset(self.user), pk)
        begins, now = parse_first_day(request.query_params.get("from", "")), timezone.now()
        ends, hosts = begins + DAYS * DAY, page.hosts if is_open(page) else []
        times = iterate_free_moments(page, hosts, Span(begins, ends), now)
        later = Span(ends, now + page.days_ahead * DAY)
        following = next(iterate_free_moments(page, hosts, later, now), None)
        return build_json_response(
            {
                "times": [format_moment(each) for each in times],
                "next": format_moment(following),
                "minutes": page.minutes,
            }
        )


def parse_first_day(text: str) -> datetime:
    """The beginning of the day in UTC. Raises Problem 422; days years away have no times."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        away = date.fromisoformat(text) - today.date() if text else 0 * DAY
    except ValueError:
        raise build_invalid_problem(**{"from": "Send a date like 2026-11-20."}) from None
    return today + min(max(away, -FARTHEST), FARTHEST)
