"""The bodies of widespread programs: what identifies them, which fields their paths mean, and the ID of a delivery.

Sources: Google Ads, "Webhook implementation" (developers.google.com/google-ads/webhook/docs/implementation): lead_id,
user_column_data with column_id and string_value, google_key, is_test. Meta, "Webhooks for Leads" and "Retrieving leads"
(developers.facebook.com/docs/marketing-api/guides/lead-ads): field_data with name and values. Meta itself delivers only
leadgen_id; programs in between such as Zapier and Make add field_data. Calendly, "Webhook payload" (developer.calendly.com):
payload with name, email and questions_and_answers. Cal.com, "Webhooks" (cal.com/docs/developing/guides/automation/webhooks):
triggerEvent, and payload with attendees and responses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.fields.schemas import WHOLE_NAME
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import TO_DESCRIPTION
from crm.transfer.imports.columns.header_words import get_headers

# A target that isn't a field: the ID by which a delivery that is sent again is recognized.
DELIVERY = "delivery"
# What is called otherwise in requests.
IN_REQUESTS = {"company": "company_name", "description": "text", TO_DESCRIPTION: "text"}
LONGEST = 190
# The headers in which programs send the ID of a delivery, the same for each try: Standard Webhooks, Svix, GitHub, GitLab, Shopify,
# WooCommerce, CloudEvents, Amazon SNS, Twilio, PayPal, and Leadwell's own webhooks.
HEADERS = (
    *("webhook-id", "svix-id", "idempotency-key", "x-delivery-id", "x-webhook-id", "x-event-id"),
    *(
        "x-github-delivery",
        "x-gitlab-event-uuid",
        "x-shopify-webhook-id",
        "x-wc-webhook-delivery-id",
        "ce-id",
    ),
    *("x-amz-sns-message-id", "i-twilio-idempotency-token", "paypal-transmission-id", "leadwell-delivery"),
)
# What the webhook or Leadwell itself decides.
OF_EVERY_KIND = ("id", "version", "owner", "department", "shared", "created_at")
NOT_FROM_OUTSIDE = {
    "lead": (*OF_EVERY_KIND, "status", "lost_reason", "lost_remark", "last_contacted_at"),
    "request": (*OF_EVERY_KIND, "state", "channel", "received_at", "lead", "company", "contact"),
}
LAST_PART = re.compile(r"([^.\[\]]+)\]?$")


@dataclass(frozen=True)
class Shape:
    """`marks` are parts of paths that must all occur. `fields` are by the end of a path, `lines` the beginnings of paths
    that become lines of the description, `delivery` the paths that together identify a delivery."""

    name: str
    marks: tuple[str, ...]
    fields: Mapping[str, str]
    lines: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    # Whether other parts may come before these paths, such as "lead." of a program in between.
    anywhere: bool = False
    # Whether a call always has one record, also if it lists several people.
    alone: bool = False

    def fits(self, texts: Mapping[str, str]) -> bool:
        return all(any(mark in path for path in texts) for mark in self.marks)

    def propose_mapping(self, texts: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for path in texts:
            name = next((name for end, name in self.fields.items() if self._is_path(path, end)), "")
            if not name and any(line in path for line in self.lines):
                name = TO_DESCRIPTION
            if name:
                found[path] = name
        return found

    def _is_path(self, path: str, end: str) -> bool:
        return path == end or (self.anywhere and path.lower().endswith(end.lower()))


META = Shape(
    "Meta",
    marks=("field_data[",),
    fields={
        "field_data[full_name]": WHOLE_NAME,
        "field_data[first_name]": "first_name",
        "field_data[last_name]": "last_name",
        "field_data[email]": "email",
        "field_data[work_email]": "second_email",
        "field_data[phone_number]": "phone",
        "field_data[phone]": "phone",
        "field_data[work_phone_number]": "mobile",
        "field_data[company_name]": "company",
        "field_data[job_title]": "title",
        "field_data[website]": "website",
        "field_data[street_address]": "address",
        "field_data[city]": "city",
        "field_data[state]": "state",
        "field_data[province]": "state",
        "field_data[zip_code]": "zip",
        "field_data[post_code]": "zip",
        "field_data[country]": "country",
    },
    lines=("field_data[",),
    delivery=("leadgen_id",),
    anywhere=True,
)
GOOGLE = Shape(
    "Google Ads",
    marks=("user_column_data[",),
    fields={
        "user_column_data[FULL_NAME]": WHOLE_NAME,
        "user_column_data[FIRST_NAME]": "first_name",
        "user_column_data[LAST_NAME]": "last_name",
        "user_column_data[EMAIL]": "email",
        "user_column_data[WORK_EMAIL]": "second_email",
        "user_column_data[PHONE_NUMBER]": "phone",
        "user_column_data[WORK_PHONE]": "mobile",
        "user_column_data[COMPANY_NAME]": "company",
        "user_column_data[JOB_TITLE]": "title",
        "user_column_data[STREET_ADDRESS]": "address",
        "user_column_data[CITY]": "city",
        "user_column_data[REGION]": "state",
        "user_column_data[POSTAL_CODE]": "zip",
        "user_column_data[COUNTRY]": "country",
    },
    lines=("user_column_data[",),
    delivery=("lead_id",),
    anywhere=True,
)
CALENDLY = Shape(
    "Calendly",
    marks=("payload.email", "payload.uri"),
    fields={
        "payload.name": WHOLE_NAME,
        "payload.email": "email",
        "payload.text_reminder_number": "phone",
        "payload.scheduled_event.name": TO_DESCRIPTION,
        "payload.scheduled_event.start_time": TO_DESCRIPTION,
    },
    lines=("payload.questions_and_answers[",),
    delivery=("event", "payload.uri"),
    alone=True,
)
CAL_COM = Shape(
    "Cal.com",
    marks=("triggerEvent", "payload.attendees[0].email"),
    fields={
        "payload.attendees[0].name": WHOLE_NAME,
        "payload.attendees[0].email": "email",
        "payload.attendees[0].phoneNumber": "phone",
        "payload.responses.attendeePhoneNumber.value": "phone",
        "payload.title": TO_DESCRIPTION,
        "payload.startTime": TO_DESCRIPTION,
        "payload.additionalNotes": TO_DESCRIPTION,
        "payload.responses.notes.value": TO_DESCRIPTION,
    },
    delivery=("triggerEvent", "payload.uid"),
    alone=True,
)
SHAPES = (META, GOOGLE, CAL_COM, CALENDLY)


def find_shape(texts: Mapping[str, str]) -> Shape | None:
    return next((shape for shape in SHAPES if shape.fits(texts)), None)


def get_mappable_fields(kind: Kind) -> list[str]:
    """What a path can be mapped to, in the order of the list."""
    closed = {*NOT_FROM_OUTSIDE[kind.name], *kind.get_never_imported_columns()}
    own = [name for name in kind.fields.EXCEL if name not in closed]
    lines = [TO_DESCRIPTION] if get_rules_class(kind).lines_go_to else []
    return [WHOLE_NAME, *own, *(field.name for field in kind.get_writable_custom_fields()), *lines, DELIVERY]


def propose_mapping(texts: Mapping[str, str], kind: Kind) -> dict[str, str]:
    """The field that each path probably means: by the shape of the body, else by the last part of the path, which is read
    like the header of a column in an import. Each field is proposed once, lines of the description as often as needed."""
    shape = find_shape(texts)
    found = shape.propose_mapping(texts) if shape else _map_by_words(texts, kind)
    if kind.name == "request":
        found = {path: IN_REQUESTS.get(name, name) for path, name in found.items()}
    offered = get_mappable_fields(kind)
    taken: set[str] = set()
    kept = {}
    for path, name in found.items():
        again = name in taken and name not in (TO_DESCRIPTION, "text")
        if name in offered and not again:
            kept[path] = name
            taken.add(name)
    return kept


def _map_by_words(texts: Mapping[str, str], kind: Kind) -> dict[str, str]:
    headers = get_headers(kind, None)
    found = {}
    for path in texts:
        last = LAST_PART.search(path)
        if name := headers.find_field(last[1] if last else path) or headers.find_field(path):
            found[path] = name
    return found


def get_delivery_id(
    headers: Mapping[str, Any],
    texts: Mapping[str, str],
    mapping: Mapping[str, str],
    *,
    item: str = "",
    place: int = 1,
) -> str:
    """The ID of a delivery, or '' if it has none: the mapped path, else what the program is known to send, else a header.
    If it isn't in the `item` of a record, all records of the call share it, so each has its place too."""
    paths = [path for path, name in mapping.items() if name == DELIVERY and path in texts]
    paths = paths or _get_identifying_paths(texts)
    found = " ".join(texts[path] for path in paths)
    found = found or next((str(headers[name]) for name in HEADERS if headers.get(name)), "")
    own = bool(item) and any(path.startswith(item) for path in paths)
    return f"{found[:LONGEST]} ({place})" if found and place > 1 and not own else found[:LONGEST]


def _get_identifying_paths(texts: Mapping[str, str]) -> list[str]:
    """The paths that together identify the delivery of a known program; [] if one of them is missing."""
    shape = find_shape(texts)
    if shape is None:
        return []
    found = [_find_path(texts, end, shape.anywhere) for end in shape.delivery]
    return [path for path in found if path] if all(found) else []


def _find_path(texts: Mapping[str, str], end: str, anywhere: bool) -> str:
    if end in texts or not anywhere:
        return end if end in texts else ""
    return next((path for path in texts if path.split(".")[-1] == end), "")
