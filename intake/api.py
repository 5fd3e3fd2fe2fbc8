"""How a lead came in, in API v2: `came_in` can only be read."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models.expressions import RawSQL
from rest_framework import serializers

from accounts.models import User
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.v2.record_parts import RecordPart
from intake.lead_origins import FORM, MOST, WEBHOOK, get_lead_arrivals

NAME = "came_in"
COLUMNS = "way, setting, number, name, department, added, moment, first, last, agreed, lacking"
ONE = """json_build_object('by', c.way, 'name', c.name, 'added', c.added,
    'at', to_char(c.moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'first_touch', c.first, 'last_touch', c.last, 'consents', c.agreed)"""


CAME_IN = """(EXISTS (SELECT FROM intake_submission WHERE lead_id = leads_lead.id)
    OR EXISTS (SELECT FROM intake_incomingcall WHERE "of" = 'lead' AND record = leads_lead.id))"""


@cache
def _build_arrivals_sql() -> tuple[str, Sequence[Any]]:
    """The same for everyone, so it is written once for each process."""
    found, parameters = get_lead_arrivals(RawSQL("leads_lead.id", [])).query.sql_with_params()
    order = "c.added DESC, c.moment DESC, c.number DESC"
    return (
        f"(SELECT coalesce(json_agg({ONE} ORDER BY {order}), '[]') FROM ({found}) c({COLUMNS}))",
        parameters,
    )


def build_arrivals_sql(user: User) -> tuple[str, Sequence[Any]]:
    return _build_arrivals_sql()


CONSENT = build_response_serializer(
    "LeadConsent",
    text=build_text_field(help_text="What the visitor read."),
    version=serializers.IntegerField(help_text="Counts the texts of this question."),
    given=serializers.BooleanField(help_text="Whether the visitor agreed."),
    purpose=build_number_field(required=False, help_text="Id of what it is a consent to."),
)
OF_LEAD = build_response_serializer(
    "LeadArrival",
    by=serializers.ChoiceField([FORM, WEBHOOK]),
    name=build_text_field(help_text="The name of the web form or the webhook."),
    added=serializers.BooleanField(help_text="Whether it added the lead; otherwise, the lead was known."),
    at=serializers.DateTimeField(),
    first_touch=serializers.DictField(
        child=build_text_field(),
        help_text="The campaign parameters of the visitor's first visit, such as utm_source.",
    ),
    last_touch=serializers.DictField(child=build_text_field(), help_text="Those of the visit with the form."),
    consents=CONSENT(many=True),
)


def build_arrivals_response_field() -> serializers.Field:
    words = (
        "The web forms and webhooks by which the lead came in: the one that added it, then the newest, up to"
    )
    return OF_LEAD(many=True, read_only=True, help_text=f"{words} {MOST} in all.")


ARRIVALS = RecordPart(build_arrivals_sql, CAME_IN, build_arrivals_response_field)
