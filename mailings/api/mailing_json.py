"""How API v2 describes a mailing: its settings, its content, its recipients in numbers, and its results."""

from typing import Any

from rest_framework import serializers

from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.v2.v2_view import format_moment
from mailings.audience.audience import FaultyFilter
from mailings.audience.recipient_counts import Funnel, count_recipients
from mailings.content.merge_fields import MergeFields, get_recipient_kinds
from mailings.models import Delivery, Mailing
from mailings.responses.mailing_results import ResultNumber, get_results
from mailings.responses.response_conditions import RECEIVED
from mailings.sending.mailing_faults import get_problems_and_warnings
from mailings.sending.sending_progress import get_progress
from mailings.sending.waiting_reasons import get_reason_sentence

# What a program calls the fields of the forms of a draft: its settings, and what it says.
SETTINGS = {
    "department": "department",
    "list": "list",
    "purpose": "purpose",
    "pause_days": "pause_days",
    "in_working_time": "in_working_time",
    "skip_empty_merge_fields": "skips_gaps",
    "bounce_limit": "most_bounces",
    "track_opens": "tracks_opens",
    "track_clicks": "tracks_clicks",
}
CONTENT = {
    "subject": "subject",
    "preview_text": "preheader",
    "text": "text",
    "plain_text": "plain",
    "language": "language",
}
TEXTS = ("subject", "preview_text", "text", "plain_text")


def build_line_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "version": row.version,
        "subject": row.subject,
        "state": row.state,
        "of": row.of,
        "user": row.by_id,
        "department": row.department_id,
        "list": row.list_id,
        "created_at": format_moment(row.created_at),
        "send_at": format_moment(row.send_at),
        "sent_at": format_moment(row.sent_at),
        "finished_at": format_moment(row.finished_at),
    }


def build_mailing_json(row: Mailing, user: Any) -> dict[str, Any]:
    """With texts as the user reads them: a merge field has the label of its field, as far as they see that field."""
    merge = MergeFields(get_recipient_kinds(row), row.by, user)
    content = {name: getattr(row, own) for name, own in CONTENT.items()}
    content |= {name: merge.convert_to_shown(content[name]) for name in TEXTS}
    own = {
        name: getattr(row, own)
        for name, own in SETTINGS.items()
        if name not in ("department", "list", "purpose")
    }
    return {
        **build_line_json(row),
        "purpose": row.purpose_id,
        **own,
        "content": content,
        "why": get_reason_sentence(row.why),
        **build_judgment_json(row, user),
        "progress": build_progress_json(row),
        "results": [_build_result_json(number) for number in get_results(row)] if row.sent_at else [],
    }


def build_judgment_json(row: Mailing, user: Any) -> dict[str, Any]:
    """Who gets it and who doesn't, what keeps it from being sent, and what else is wrong with it."""
    problems, warnings = get_problems_and_warnings(row, user)
    try:
        recipients = build_funnel_json(count_recipients(row))
    except FaultyFilter as faulty:
        recipients, problems = None, [*problems, *map(str, faulty.args)]
    return {"recipients": recipients, "problems": problems, "warnings": warnings}


def build_funnel_json(funnel: Funnel) -> dict[str, Any]:
    return {
        "total": funnel.total,
        "receiving": funnel.receiving_count,
        "vips": funnel.vips,
        "without_value": funnel.lacking,
        "role_addresses": funnel.hints.roles,
        "states": {state: funnel.count_in_state(state) for state in Delivery.State.values},
        "skipped": [
            {"reason": line.reason, "words": str(line.label), "count": line.count}
            for line in funnel.skipped_lines
        ],
    }


def build_progress_json(row: Mailing) -> dict[str, Any] | None:
    if not row.sent_at or row.finished_at:
        return None
    found = get_progress(row)
    return {name: getattr(found, name) for name in ("total", "sent", "failed", "waiting", "rate")}


def _build_result_json(number: ResultNumber) -> dict[str, Any]:
    name = "sent" if number.name == RECEIVED else number.name.removeprefix("mailing_")
    records = f"/api/v2/{number.url.removeprefix('/admin/')}" if number.url else None
    return {"name": name, "words": str(number.label), "count": number.count, "records": records}


SKIPPED = build_response_serializer(
    "MailingSkipped",
    reason=serializers.ChoiceField(Delivery.Reason.choices),
    words=build_text_field(help_text="The reason as the page says it."),
    count=build_number_field(),
)
RECIPIENTS = build_response_serializer(
    "MailingRecipientNumbers",
    total=build_number_field(help_text="How many records it is for."),
    receiving=build_number_field(help_text="How many get it, or got it."),
    vips=build_number_field(help_text="How many of those are VIPs."),
    without_value=build_number_field(
        help_text="How many get it without a value for a merge field. Only before it is scheduled."
    ),
    role_addresses=build_number_field(help_text="How many get it at an address such as info@."),
    states=serializers.DictField(
        child=build_number_field(),
        help_text=f"How many are in each state: {', '.join(Delivery.State.values)}.",
    ),
    skipped=SKIPPED(many=True, help_text="Who doesn’t get it, by reason."),
)
PROGRESS = build_response_serializer(
    "MailingProgress",
    total=build_number_field(),
    sent=build_number_field(),
    failed=build_number_field(),
    waiting=build_number_field(),
    rate=build_number_field(help_text="Emails a minute, lately."),
)
RESULT = build_response_serializer(
    "MailingResult",
    name=build_text_field(
        help_text="sent, delivered, failed, bounced, complained, unsubscribed, replied, opened, clicked or moved."
    ),
    words=build_text_field(),
    count=build_number_field(),
    records=build_text_field(
        allow_null=True,
        help_text="The address that lists the records behind it, as far as the user of the token sees them.",
    ),
)
MAILING_CONTENT = build_response_serializer(
    "MailingContent",
    subject=build_text_field(),
    preview_text=build_text_field(help_text="Email programs show it after the subject."),
    text=build_text_field(help_text="In Markdown, with merge fields such as {first_name|there}."),
    plain_text=build_text_field(help_text="Empty if it is generated from the text."),
    language=build_text_field(),
)
LINE: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "version": build_number_field(help_text="For If-Match."),
    "subject": build_text_field(),
    "state": serializers.ChoiceField(Mailing.State.choices),
    "of": build_text_field(help_text="The type of the records that it is for."),
    "user": build_number_field(help_text="Id of the user whose mailing it is."),
    "department": build_number_field(allow_null=True),
    "list": build_number_field(allow_null=True, help_text="Id of the mailing list."),
    "created_at": serializers.DateTimeField(),
    "send_at": serializers.DateTimeField(
        allow_null=True, help_text="When it is to be sent; null for at once."
    ),
    "sent_at": serializers.DateTimeField(allow_null=True, help_text="When sending began."),
    "finished_at": serializers.DateTimeField(allow_null=True),
}
JUDGMENT: dict[str, serializers.Field] = {
    "recipients": RECIPIENTS(allow_null=True, help_text="null if its filter can’t be read any more."),
    "problems": serializers.ListField(child=build_text_field(), help_text="Why it can’t be sent."),
    "warnings": serializers.ListField(
        child=build_text_field(), help_text="What else is wrong with its email."
    ),
}
ONE: dict[str, serializers.Field] = {
    **LINE,
    "purpose": build_number_field(
        allow_null=True, help_text="Id of the purpose to which recipients must have consented."
    ),
    "pause_days": build_number_field(),
    "in_working_time": serializers.BooleanField(),
    "skip_empty_merge_fields": serializers.BooleanField(),
    "bounce_limit": build_number_field(help_text="In percent."),
    "track_opens": serializers.BooleanField(),
    "track_clicks": serializers.BooleanField(),
    "content": MAILING_CONTENT(),
    "why": build_text_field(help_text="Why it is paused or waits, in words, or empty."),
    **JUDGMENT,
    "progress": PROGRESS(allow_null=True, help_text="null unless it is being sent."),
    "results": RESULT(many=True, help_text="Empty before sending begins. Opens and clicks only if tracked."),
}
MAILING = build_response_serializer("Mailing", **ONE)
