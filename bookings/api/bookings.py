"""API v2: bookings, and booking, moving and canceling by the functions of the page, with its rules and its limits."""

from datetime import UTC
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from bookings.api.booking_pages import is_open, visible_pages_queryset
from bookings.booking_links import is_changeable
from bookings.meeting_booking import NotFree, book_meeting, cancel_booking, move_booking
from bookings.models import Booking
from crm.api.api_view import build_json_response
from crm.api.call_parameters import LARGEST_ID, parse_number_parameter, require_known
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    document_query_parameter,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import BEFORE, DELETED, LIMIT, call
from crm.api.v2.documentation.field_schemas import build_row_serializer
from crm.api.v2.record_items import NUMBER
from crm.api.v2.v2_view import OWN_PREFIX, Fields, OwnView, format_moment, get_page_before, get_row_or_404
from crm.models import Activity
from crm.platform.configuration.time_zones import is_offered_zone
from crm.records.kinds.kind_registry import KINDS
from intake.forms.public.public_form import PublicForm
from intake.forms.public.signed_state import create_state
from intake.forms.questions import get_last_step
from intake.forms.submissions.submission_processing import RequestDetails, TooManyForms, hash_address
from leads.models import Lead

NOT_FREE = "This time isn't free. GET /api/v2/booking-pages/{id}/times lists the free ones."
OVER = "The meeting was canceled, has begun or is over."
SPAM = "This looks like spam by the rules of the web form, so nothing was booked."
MANY = "Too many forms were sent from your network. Try again in an hour."
LONGEST_ANSWER = 20_000


class NewBooking(Fields):
    page = serializers.IntegerField(**NUMBER, help_text="Id of a booking page that is open.")
    at = serializers.DateTimeField(default_timezone=UTC, help_text="One of the free times of the page.")
    zone = serializers.CharField(
        default="UTC", max_length=50, help_text="The visitor's time zone, such as Europe/Bucharest."
    )
    lead = serializers.IntegerField(
        **NUMBER,
        required=False,
        help_text="Id of an open lead that has the meeting. Without it, the web form finds or adds one.",
    )
    answers = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_ANSWER),
        help_text="The answers to the questions of the page, by their names. The email is always among them.",
    )


class MovedBooking(Fields):
    at = serializers.DateTimeField(default_timezone=UTC, help_text="Another time at which everyone is free.")


BOOKING = build_row_serializer(
    "Booking",
    Booking,
    {
        "id": "",
        "page": "Id of the booking page.",
        "state": serializers.ChoiceField(["planned", "over", "no_show", "canceled"]),
        "at": serializers.DateTimeField(help_text="When the meeting begins."),
        "minutes": build_number_field(),
        "zone": "The visitor's time zone.",
        "people": serializers.ListField(
            child=serializers.IntegerField(), help_text="Ids of the users who have the meeting."
        ),
        "of": serializers.CharField(
            help_text="The record type of its record: lead, as long as it isn't converted."
        ),
        "record": build_number_field(help_text="Id of the record."),
        "activity": "Id of the meeting.",
        "created_at": "",
    },
)


def visible_bookings_queryset(user: Any) -> Any:
    return Booking.objects.visible_to(user).with_meeting()


def get_state(meeting: Activity) -> str:
    if meeting.deleted_at:
        return "canceled"
    return meeting.outcome if meeting.outcome in Activity.Plan.values else "over"


def build_booking_json(booking: Booking) -> dict[str, Any]:
    meeting = booking.activity
    return {
        "id": booking.pk,
        "page": booking.page_id,
        "state": get_state(meeting),
        "at": format_moment(meeting.at),
        "minutes": meeting.minutes or 0,
        "zone": booking.zone,
        "people": [host.pk for host in booking.hosts],
        "of": meeting.of,
        "record": meeting.record,
        "activity": meeting.pk,
        "created_at": format_moment(booking.created_at),
    }


@extend_schema_view(
    get=call(
        "List bookings",
        build_response_serializer(
            "Bookings", bookings=BOOKING(many=True), next=build_number_field(allow_null=True)
        ),
        name="list_bookings",
        parameters=[
            LIMIT,
            BEFORE,
            document_query_parameter("page", int, "Only those through the booking page with this id."),
            document_query_parameter(
                "of",
                {"type": "string", "enum": [*KINDS]},
                "Only those of records of this type; needs record.",
            ),
            document_query_parameter("record", int, "Only those of the record with this id; needs of."),
        ],
        words=(
            "Returns what was booked through pages and for records that the user of the token can see, newest first. Follow "
            "next until it is null."
        ),
    ),
    post=call(
        "Book a meeting",
        BOOKING,
        name="add_booking",
        sends=NewBooking,
        made=True,
        parameters=[IDEMPOTENT],
        errors=[409],
        words=(
            "Books as the page does: the answers become a submission of the web form and a lead, or find the open lead of the same "
            "person, and the visitor gets an invitation by email. The limits of the web form apply. If the time isn't free "
            "anymore, the answer is 422."
        ),
    ),
)
class Bookings(OwnView):
    resource = "bookings"
    http_method_names = ["get", "head", "post"]
    parameters = ("limit", "before", "page", "of", "record")

    def get(self, request: Any) -> HttpResponse:
        rows, data = visible_bookings_queryset(self.user), request.query_params
        if data.get("page"):
            rows = rows.filter(page=parse_number_parameter("page", data["page"], LARGEST_ID))
        if data.get("of") or data.get("record"):
            require_known("of", data.get("of", ""), KINDS)
            record = parse_number_parameter("record", data.get("record", ""), LARGEST_ID)
            rows = rows.of_record(data["of"], record)
        found, following = get_page_before(rows.newest_first(), data)
        return build_json_response(
            {"bookings": [build_booking_json(row) for row in found], "next": following}
        )

    def post(self, request: Any) -> HttpResponse:
        booking = self.book(NewBooking.read(self.sent_fields))
        self.headers["Location"] = f"{OWN_PREFIX}bookings/{booking.pk}"
        return build_json_response(build_booking_json(booking), 201)

    def book(self, sent: dict[str, Any]) -> Booking:
        page = visible_pages_queryset(self.user).filter(pk=sent["page"]).first()
        if page is None or not is_open(page):
            raise build_invalid_problem(page="There is no open booking page with this id.")
        if not is_offered_zone(sent["zone"]):
            raise build_invalid_problem(zone="Send a time zone like Europe/Bucharest.")
        raw = {name: [text] for name, text in sent["answers"].items()}
        filled = PublicForm(page.form, raw, step=get_last_step(page.form.questions))
        if not filled.is_valid():
            raise build_invalid_problem(
                **{f"answers.{name}": str(texts[0]) for name, texts in filled.errors.items()}
            )
        state = create_state({})
        # The shortest time is one for people who read a page.
        state.opened = 0
        details = RequestDetails(state, hash_address(self.request), lead=self.get_lead(sent.get("lead")))
        try:
            booking = book_meeting(page, sent["at"], filled, details, sent["zone"])
        except NotFree:
            raise build_invalid_problem(at=NOT_FREE) from None
        except TooManyForms:
            raise ApiProblem(429, "limit", MANY) from None
        if booking is None:
            raise build_invalid_problem(answers=SPAM)
        return booking

    def get_lead(self, pk: int | None) -> Lead | None:
        """Raises Problem 422 for one that the user may not change, or that isn't open."""
        if pk is None:
            return None
        rows = Lead.objects.present().open().not_converted().changeable_by(self.user)
        found = rows.filter(pk=pk).first() if self.user.has_perm(Lead.get_right("change")) else None
        if found is None:
            raise build_invalid_problem(
                lead="There is no open lead with this id that the user of this token may change."
            )
        return found


@extend_schema_view(
    get=call(
        "Get a booking",
        BOOKING,
        name="get_booking",
        errors=[404],
        words="Returns one booking with its meeting as it is now, which colleagues may have moved or canceled.",
    ),
    patch=call(
        "Move a booking",
        BOOKING,
        name="move_booking",
        sends=MovedBooking,
        errors=[404, 409],
        words="Moves the meeting to another time at which everyone who has it is free. The visitor gets an email.",
    ),
    delete=call(
        "Cancel a booking",
        DELETED,
        name="cancel_booking",
        errors=[404, 409],
        words="Cancels the meeting. The visitor gets an email, and the time is free again. The lead stays.",
    ),
)
class OneBooking(OwnView):
    resource = "bookings"
    http_method_names = ["get", "head", "patch", "delete"]
    actions = {"GET": "get", "HEAD": "get", "PATCH": "put", "DELETE": "delete"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        return build_json_response(
            build_booking_json(get_row_or_404(visible_bookings_queryset(self.user), pk))
        )

    def patch(self, request: Any, pk: str) -> HttpResponse:
        sent = MovedBooking.read(self.sent_fields)
        booking = self.get_changeable_booking(pk)
        try:
            move_booking(booking, sent["at"], by=self.user, channel=API)
        except NotFree:
            raise build_invalid_problem(at=NOT_FREE) from None
        return build_json_response(
            build_booking_json(get_row_or_404(visible_bookings_queryset(self.user), pk))
        )

    def delete(self, request: Any, pk: str) -> HttpResponse:
        cancel_booking(self.get_changeable_booking(pk), by=self.user, channel=API)
        return build_json_response({"deleted": True})

    def get_changeable_booking(self, pk: str) -> Booking:
        """Raises Problem 404, 403 for one that the user only sees, and 409 for one that can't change anymore."""
        booking = get_row_or_404(visible_bookings_queryset(self.user), pk)
        if not Booking.objects.changeable_by(self.user).filter(pk=booking.pk).exists():
            raise ApiProblem(403, "forbidden", "The user of this token may not change this meeting.")
        if not is_changeable(booking):
            raise ApiProblem(409, "already_done", OVER)
        return booking
