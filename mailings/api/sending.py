"""API v2: sending a mailing, with the numbers and the refusals of its page, and pausing, resuming and canceling it."""

from collections.abc import Callable
from typing import Any

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
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.token_scopes import has_token_right
from crm.api.v2.documentation.call_parts import IF_MATCH, call
from crm.api.v2.etags import check_version
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import OPERATION
from crm.api.v2.v2_view import Fields, OwnView, format_moment, get_row_or_404, refuse_unknown_parameters
from crm.models import Operation
from mailings import verbs
from mailings.api.mailing_json import JUDGMENT, build_funnel_json
from mailings.audience.audience import FaultyFilter
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.forms import SendForm
from mailings.models import Mailing
from mailings.sending.approval import has_to_ask
from mailings.sending.mailing_faults import get_problems_and_warnings

State = Mailing.State


class SendingFields(Fields):
    preview = serializers.BooleanField(
        default=False, help_text="true says who would get it, and changes nothing."
    )
    seen = serializers.CharField(
        required=False,
        max_length=64,
        help_text="The seen of a preview. If any recipient has changed since, nothing is sent.",
    )
    send_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When to send it; null or nothing sends it now."
    )


PREVIEW = build_response_serializer(
    "MailingSendingPreview",
    seen=build_text_field(
        allow_null=True,
        help_text="Send it back to send the mailing to exactly these recipients.",
    ),
    asks_approval=serializers.BooleanField(
        help_text="Whether another user has to approve it before it is sent."
    ),
    **JUDGMENT,
)
STATED: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "state": serializers.ChoiceField(State.choices),
    "send_at": serializers.DateTimeField(allow_null=True),
    "version": build_number_field(),
    "operation": OPERATION,
}
CHANGED = build_response_serializer("MailingState", **STATED)
SENDING = build_response_serializer(
    "MailingSending", **STATED, preview=PREVIEW(allow_null=True, help_text="null unless it was a preview.")
)


class SendableMailings:
    """What the calls that send share, together with OwnView."""

    resource = "mailing_sending"
    http_method_names = ["post"]
    user: Any

    def lock_mailing(self, request: HttpRequest, pk: str) -> Mailing:
        """The mailing, locked, at the version that the call expects. Raises Problem 404 or 412."""
        rows = Mailing.objects.sendable_by(self.user).with_names()
        found = get_row_or_404(rows.select_for_update(no_key=True, of=("self",)), pk)
        check_version(request, found.version)
        return found


def build_state_json(pk: int, record: Operation | None) -> dict[str, Any]:
    row = Mailing.objects.with_names().get(pk=pk)
    return {
        "id": row.pk,
        "state": row.state,
        "send_at": format_moment(row.send_at),
        "version": row.version,
        "operation": record.pk if record else None,
    }


@extend_schema_view(
    post=call(
        "Send a mailing",
        SENDING,
        name="send_mailing",
        sends=SendingFields,
        parameters=[IDEMPOTENT, IF_MATCH],
        errors=[404, 412],
        example={"preview": True},
        words=(
            "Sends a draft now or at a time, as its page does. Preview it first: the preview has the numbers of the page, and its seen is "
            "what you send back. If any recipient has changed since, the answer is 409 and nothing is sent. Send an Idempotency-Key: a "
            "mailing is sent once, and a call whose answer was lost gets the first answer again. A mailing that another user has to approve "
            "gets the state asked. The token needs its own right to send mailings."
        ),
    )
)
class SendMailing(SendableMailings, OwnView):
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = SendingFields.read(self.sent_fields)
        row = self.lock_mailing(request, pk)
        if row.state != State.DRAFT:
            raise ApiProblem(409, "changed_since", "The mailing is no longer a draft.")
        if sent["preview"]:
            return self.preview(row)
        at = sent.get("send_at")
        form = SendForm({"seen": sent.get("seen", ""), "send_at": at.isoformat() if at else ""})
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        if not form.cleaned_data["seen"]:
            raise build_invalid_problem(seen="Send the seen of a preview of this mailing.")
        record = self.schedule(row, **form.cleaned_data)
        return build_json_response(build_state_json(row.pk, record) | {"preview": None})

    def schedule(self, row: Mailing, *, seen: str, send_at: Any) -> Operation:
        """Raises Problem 409 or 422, with the sentence of the page."""
        try:
            return verbs.schedule_mailing(row, by=self.user, at=send_at, seen=seen, channel=API)
        except verbs.RecipientsChanged as changed:
            raise ApiProblem(409, "changed_since", str(changed), {"seen": [str(changed)]}) from changed
        except verbs.NotNow as refused:
            raise build_invalid_problem(__all__=str(refused)) from refused

    def preview(self, row: Mailing) -> HttpResponse:
        if not has_token_right(self.token, "mailings.get"):
            raise ApiProblem(
                403, "forbidden", "A preview shows recipients: this token may not read mailings."
            )
        return build_json_response(
            build_state_json(row.pk, None) | {"preview": build_preview_json(row, self.user)}
        )


def build_preview_json(row: Mailing, user: Any) -> dict[str, Any]:
    """Exactly what the page of sending shows before the button."""
    problems, warnings = get_problems_and_warnings(row, user)
    try:
        funnel = preview_recipient_counts(row)
    except FaultyFilter as faulty:
        problems = [*problems, *map(str, faulty.args)]
        known: dict[str, Any] = {"seen": None, "asks_approval": False, "recipients": None}
    else:
        known = {
            "seen": funnel.digest,
            "asks_approval": has_to_ask(user, row, funnel.receiving_count),
            "recipients": build_funnel_json(funnel),
        }
    return {**known, "problems": problems, "warnings": warnings}


class MailingStep(SendableMailings, OwnView):
    """A step of a mailing that takes no values."""

    verb: Callable[..., Operation]

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        row = self.lock_mailing(request, pk)
        try:
            record = type(self).verb(row, by=self.user, channel=API)
        except verbs.NotNow as refused:
            states = f"{refused} Its state is {row.state}."
            raise ApiProblem(409, "changed_since", states) from refused
        return build_json_response(build_state_json(row.pk, record))


def build_step_call(name: str, verb: Callable[..., Operation], words: str) -> type[MailingStep]:
    view: Any = type(f"{name.title()}Mailing", (MailingStep,), {"verb": staticmethod(verb)})
    return extend_schema_view(
        post=call(
            f"{name.title()} a mailing",
            CHANGED,
            name=f"{name}_mailing",
            parameters=[IDEMPOTENT, IF_MATCH],
            errors=[404, 412, 413, 415],
            words=f"{words} In one operation, which can be undone. The call has no body.",
        )
    )(view)


PauseMailing = build_step_call(
    "pause",
    verbs.pause_mailing,
    "Pauses a mailing that is scheduled or being sent. Emails that are on their way are still sent.",
)
ResumeMailing = build_step_call("resume", verbs.resume_mailing, "Goes on with a paused mailing.")
CancelMailing = build_step_call(
    "cancel", verbs.cancel_mailing, "Cancels a mailing: recipients who haven’t received it yet don’t get it."
)
