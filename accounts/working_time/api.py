"""API v2: the working hours of departments, holidays, and the absences of users, through the forms of their pages."""

from datetime import date, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from accounts.models import Absence, Department, Holiday
from accounts.users.user_access import get_self_or_changeable_user
from accounts.working_time.calendar import Week, get_department_week, replace_week
from accounts.working_time.forms import AbsenceForm, HolidayForm, HoursForm
from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_url_number
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.documentation.call_parts import DELETED, call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.v2_view import Fields, OwnView, get_row_or_404

RESOURCE = "working_time"
VIEWS, CHANGES = "accounts.view_department", "accounts.change_department"
CLOCK = "On the clock of the company, such as 09:00."


def require_permission(user: Any, permission: str) -> None:
    """Raises Problem 403."""
    if not user.has_perm(permission):
        raise ApiProblem(403, "forbidden", "The user of this token may not do this to departments.")


class DayFields(Fields):
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="0 for Monday to 6 for Sunday.")
    opens = serializers.TimeField(input_formats=["%H:%M"], help_text=CLOCK)
    closes = serializers.TimeField(input_formats=["%H:%M"], help_text=CLOCK)


class HoursFields(Fields):
    days = serializers.ListField(
        child=DayFields(), max_length=7, help_text="The working days; the others are free."
    )


HOURS = build_response_serializer(
    "WorkingHours",
    days=build_response_serializer(
        "WorkingDay",
        weekday=build_number_field(help_text="0 for Monday to 6 for Sunday."),
        opens=build_text_field(help_text=CLOCK),
        closes=build_text_field(help_text=CLOCK),
    )(many=True),
)


@extend_schema_view(
    get=call(
        "Get the working hours of a department",
        HOURS,
        name="get_working_hours",
        errors=[404],
        words="Returns the working days of a department with their hours: the usual week if it hasn't set its own.",
    ),
    put=call(
        "Set the working hours of a department",
        HOURS,
        name="change_working_hours",
        sends=HoursFields,
        errors=[404],
        example={"days": [{"weekday": 0, "opens": "09:00", "closes": "17:00"}]},
        words="Sets the whole week. A weekday that you don't send is free; at least one must have hours.",
    ),
)
class DepartmentHours(OwnView):
    resource = RESOURCE
    http_method_names = ["get", "head", "put"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        require_permission(self.user, VIEWS)
        return build_json_response(build_hours_json(get_department_week(self.get_department(pk))))

    def put(self, request: HttpRequest, pk: str) -> HttpResponse:
        require_permission(self.user, CHANGES)
        department = self.get_department(pk)
        days = HoursFields.read(self.sent_fields)["days"]
        if len({day["weekday"] for day in days}) < len(days):
            raise build_invalid_problem(days="Send each weekday once.")
        form = HoursForm(build_hours_data(days), week={})
        if not form.is_valid():
            raise build_invalid_problem(days=get_hours_error(form))
        replace_week(department, form.week)
        return build_json_response(build_hours_json(form.week))

    def get_department(self, pk: str) -> Department:
        return get_row_or_404(Department.objects.visible_to(self.user), pk)


def build_hours_data(days: list[dict[str, Any]]) -> dict[str, str]:
    """The days as the form takes them."""
    return {
        f"{part}_{day['weekday']}": day[part].strftime("%H:%M")
        for day in days
        for part in ("opens", "closes")
    }


def get_hours_error(form: HoursForm) -> str:
    """The first sentence, with its weekday."""
    name, texts = next(iter(form.errors.items()))
    weekday = name.rpartition("_")[2]
    return f"{WEEKDAYS[int(weekday)]}: {texts[0]}" if weekday.isdecimal() else str(texts[0])


def build_hours_json(week: Week) -> dict[str, Any]:
    return {
        "days": [
            {"weekday": day, "opens": _format_clock(opens), "closes": _format_clock(closes)}
            for day, (opens, closes) in sorted(week.items())
        ]
    }


def _format_clock(clock: time) -> str:
    return clock.strftime("%H:%M")


class HolidayFields(Fields):
    day = serializers.DateField()
    name = serializers.CharField(max_length=100)
    department = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        help_text="Id of the department that doesn't work; null for all, for users who see all departments.",
    )


HOLIDAY = build_response_serializer(
    "Holiday",
    id=build_number_field(),
    day=serializers.DateField(),
    name=build_text_field(),
    department=build_number_field(allow_null=True, help_text="null for all departments."),
)


def build_holiday_json(row: Holiday) -> dict[str, Any]:
    return {"id": row.pk, "day": row.day.isoformat(), "name": row.name, "department": row.department_id}


def build_form_data(sent: dict[str, Any]) -> dict[str, str]:
    """What was sent, as a browser sends it."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in sent.items()
        if value is not None
    }


@extend_schema_view(
    get=call(
        "List holidays",
        build_response_serializer("Holidays", holidays=HOLIDAY(many=True)),
        name="list_holidays",
        words="Lists the holidays from today on, of all departments and of those that the user of the token sees.",
    ),
    post=call(
        "Add a holiday",
        HOLIDAY,
        name="add_holiday",
        sends=HolidayFields,
        made=True,
        parameters=[IDEMPOTENT],
        example={"day": "2030-12-25", "name": "Christmas", "department": 3},
        words="Adds a day without work, for one department or for all.",
    ),
)
class Holidays(OwnView):
    resource = RESOURCE
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        require_permission(self.user, VIEWS)
        rows = Holiday.objects.visible_to(self.user).from_day(timezone.localdate()).in_order()
        return build_json_response({"holidays": [build_holiday_json(row) for row in rows]})

    def post(self, request: HttpRequest) -> HttpResponse:
        require_permission(self.user, CHANGES)
        form = HolidayForm(build_form_data(HolidayFields.read(self.sent_fields)), by=self.user)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        row = form.save()
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return build_json_response(build_holiday_json(row), 201)


@extend_schema_view(
    delete=call(
        "Delete a holiday",
        DELETED,
        name="delete_holiday",
        errors=[404],
        words="Deletes a holiday. One of all departments can only be deleted by users who see all of them; others get 404.",
    )
)
class OneHoliday(OwnView):
    resource = RESOURCE
    http_method_names = ["delete"]

    def delete(self, request: Any, pk: str) -> HttpResponse:
        require_permission(self.user, CHANGES)
        get_row_or_404(Holiday.objects.changeable_by(self.user), pk).delete()
        return build_json_response({"deleted": True})


class AbsenceFields(Fields):
    first = serializers.DateField(help_text="The first day.")
    last = serializers.DateField(help_text="The last day.")
    substitute = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        help_text="Id of the user who gets the reminders on these days; null for none.",
    )


ABSENCE = build_response_serializer(
    "Absence",
    id=build_number_field(),
    first=serializers.DateField(),
    last=serializers.DateField(),
    substitute=build_number_field(allow_null=True),
)


def build_absence_json(row: Absence) -> dict[str, Any]:
    first, last = row.first.isoformat(), row.last.isoformat()
    return {"id": row.pk, "first": first, "last": last, "substitute": row.substitute_id}


def get_person(user: Any, pk: str) -> Any:
    """The user in the URL: oneself, or one whom one may edit. Raises Problem 404 or 403."""
    return get_self_or_changeable_user(user, parse_url_number(pk) or 0)


@extend_schema_view(
    get=call(
        "List absences of a user",
        build_response_serializer("Absences", absences=ABSENCE(many=True)),
        name="list_absences",
        errors=[404],
        words="Lists the absences of a user that aren't over: of the user of the token, or of one whom they may change.",
    ),
    post=call(
        "Add an absence of a user",
        ABSENCE,
        name="add_absence",
        sends=AbsenceFields,
        made=True,
        parameters=[IDEMPOTENT],
        errors=[404],
        example={"first": "2030-01-02", "last": "2030-01-05", "substitute": 7},
        words="Adds the days on which a user is away, both included. Days that are entered already are refused.",
    ),
)
class Absences(OwnView):
    resource = RESOURCE
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        person = get_person(self.user, pk)
        rows = Absence.objects.of_user(person).not_over(timezone.localdate()).in_order()
        return build_json_response({"absences": [build_absence_json(row) for row in rows]})

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        person = get_person(self.user, pk)
        sent = AbsenceFields.read(self.sent_fields)
        form = AbsenceForm(build_form_data(sent), person=person, by=self.user)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        row = form.save()
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return build_json_response(build_absence_json(row), 201)


@extend_schema_view(
    delete=call(
        "Delete an absence of a user",
        DELETED,
        name="delete_absence",
        errors=[404],
        words="Deletes an absence of the user of the token, or of one whom they may change.",
    )
)
class OneAbsence(OwnView):
    resource = RESOURCE
    http_method_names = ["delete"]

    def delete(self, request: Any, pk: str, absence: str) -> HttpResponse:
        person = get_person(self.user, pk)
        get_row_or_404(Absence.objects.of_user(person), absence).delete()
        return build_json_response({"deleted": True})


urlpatterns = [
    path("departments/<str:pk>/hours", DepartmentHours.as_view(), name="own_working_hours"),
    path("holidays", Holidays.as_view(), name="own_holidays"),
    path("holidays/<str:pk>", OneHoliday.as_view(), name="own_holiday"),
    path("users/<str:pk>/absences", Absences.as_view(), name="own_absences"),
    path("users/<str:pk>/absences/<str:absence>", OneAbsence.as_view(), name="own_absence"),
]
