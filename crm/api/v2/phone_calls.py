"""API v2: a phone system logs a call on the record with this phone number."""

from math import ceil
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.token_scopes import has_token_right
from crm.api.v2.activities import FORM
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import ETAG, call
from crm.api.v2.etags import build_etag
from crm.api.v2.record_items import check_moment, fill_valid_form
from crm.api.v2.record_writing import add_record
from crm.api.v2.v2_view import Fields, OwnView
from crm.fields.types.phones import get_phone_field_names, normalize_phone
from crm.models import Activity, Change
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.search.phone_lookup import find_records_by_phone
from crm.work.activities.forms import ActivityForm
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import LONGEST_TEXT, MOST_MINUTES


class CallFields(Fields):
    """A call as a phone system knows it."""

    phone = serializers.CharField(
        max_length=60,
        help_text="The number of the other person, best with its country code, such as +40722123456.",
    )
    direction = serializers.ChoiceField(Activity.Direction.choices, required=False)
    outcome = serializers.ChoiceField(
        Activity.Outcome.choices,
        required=False,
        help_text="Without it, a call that took some time is reached, and any other is no_answer.",
    )
    minutes = serializers.IntegerField(required=False, min_value=0, max_value=MOST_MINUTES)
    seconds = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_MINUTES * 60,
        help_text="Instead of minutes; rounded up to minutes.",
    )
    at = serializers.DateTimeField(
        required=False, help_text="When the call began, with a time zone. Now if you don't send it."
    )
    text = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_TEXT,
        help_text="A note on the call, in Markdown.",
    )
    create = serializers.BooleanField(
        default=False,
        help_text="true adds a lead if no record has the number. The token needs the right to add leads.",
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "minutes" in asked and "seconds" in asked:
            raise serializers.ValidationError({"seconds": "Send either minutes or seconds."})
        return asked


class Calls(OwnView):
    resource = "activities"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        check_moment(self.sent_fields, "at")
        asked = CallFields.read(self.sent_fields)
        verb = self.build_verb(asked)
        phone = self.normalize_number(asked["phone"])
        if asked["create"]:
            lock_phone_number(phone)
        found, added = find_records_by_phone(phone, self.user), False
        if not found and not asked["create"]:
            sentence = f"No record that the user of the token can change has the phone number {phone}."
            raise ApiProblem(404, "not_found", sentence)
        if not found:
            found, added = [self.add_record_with_phone(phone)], True
        (kind, record), *others = found
        pk, version = self.log_call(verb, kind, record)
        self.headers |= {"Location": f"/api/v2/activities/{pk}", "ETag": build_etag(version)}
        told = [{"of": other.name, "record": other_pk} for other, other_pk in others]
        body = {
            "id": pk,
            "version": version,
            "of": kind.name,
            "record": record,
            "added": added,
            "others": told,
        }
        return build_json_response(body, 201)

    def build_verb(self, asked: dict[str, Any]) -> AddActivity:
        """Raises Problem 422, such as for a time in the future."""
        minutes = asked.get("minutes") or ceil(asked.get("seconds", 0) / 60) or None
        outcomes = Activity.Outcome
        sent = {
            "type": Activity.Type.CALL,
            "text": asked.get("text", ""),
            "outcome": asked.get("outcome") or (outcomes.REACHED if minutes else outcomes.NO_ANSWER),
            "at": asked.get("at"),
            "minutes": minutes,
        }
        data = fill_valid_form(ActivityForm(), sent, ActivityForm, {}).cleaned_data
        values = {name: data[name] for name in ("type", *FORM)}
        return AddActivity(self.user, direction=asked.get("direction", ""), **values)

    def normalize_number(self, text: str) -> str:
        """Raises Problem 422 if there is no such number. One without a country code is of the country of the department."""
        text = text.strip()
        country = "" if text.startswith(("+", "00")) else self.get_country()
        phone = normalize_phone(text, country)
        if not phone:
            raise build_invalid_problem(
                phone="Send a phone number with its country code, such as +40 722 123 456."
            )
        return phone

    def get_country(self) -> str:
        department = self.token.department or self.get_new_record_kind().first_values(self.user).get(
            "department"
        )
        return str(department.country) if department else ""

    def get_new_record_kind(self) -> Kind:
        return next(kind for kind in KINDS.values() if kind.by_phone)

    def add_record_with_phone(self, phone: str) -> tuple[Kind, int]:
        """A new record with this phone. Raises Problem 403 if the token or its user may not add one."""
        kind = self.get_new_record_kind()
        if not has_token_right(self.token, f"{kind.urls}.post"):
            raise ApiProblem(403, "forbidden", f"This token or its user may not add {kind.words.many}.")
        return kind, add_record(kind, {get_phone_field_names(kind.model)[0]: phone}, self.token).pk

    def log_call(self, verb: AddActivity, kind: Kind, record: int) -> tuple[int, int]:
        """The ID and version of the new activity."""
        rows: Any = kind.model.objects.present()
        done = carry_out(verb, rows.changeable_by(self.user).filter(pk=record), by=self.user, channel=API)
        if done.operation is None:
            # The record was deleted after it was found and before it was locked.
            raise ApiProblem(404, "not_found")
        pk = Change.objects.of_operation_and_parts(done.operation, Activity.table).get().row
        return Activity.objects.values_list("pk", "version").get(pk=pk)


def lock_phone_number(phone: str) -> None:
    """Two calls from an unknown number at the same moment must not add two records."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"phone {phone}"])


OTHER = build_response_serializer("OtherCallRecord", of=build_text_field(), record=build_number_field())
extend_schema_view(
    post=call(
        "Log a call",
        build_response_serializer(
            "Call",
            id=build_number_field(help_text="The id of the new activity."),
            version=build_number_field(),
            of=build_text_field(
                help_text="The type of the record that the call was logged on, such as lead."
            ),
            record=build_number_field(help_text="The id of that record."),
            added=serializers.BooleanField(help_text="true if the record is new."),
            others=OTHER(many=True, help_text="Other records with this number, which stay as they are."),
        ),
        name="log_call",
        sends=CallFields,
        made=True,
        errors=[404],
        parameters=[IDEMPOTENT, ETAG],
        example={"phone": "+40722123456", "direction": "incoming", "seconds": 95, "text": "Wants an offer"},
        words=(
            "For phone systems. Logs a call on the record with this phone number that the user of the token can change. Leads "
            "come before companies, open leads before closed ones, and of several the one that changed last gets the call. If "
            "no record has the number, the answer is 404, or with create a new lead gets the call."
        ),
    )
)(Calls)
