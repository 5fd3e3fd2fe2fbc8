"""API v2: the emails of a record, and sending one, with the form, the addresses and the warnings of its page."""

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
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, call
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_page.files import FILE, build_file_json
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.records import get_changeable_record, get_id_from_url
from crm.api.v2.v2_view import Fields, OwnView, format_moment, get_page_before, get_row_or_404
from crm.models import Activity, AttachedFile
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import get_records_for_page
from crm.work.activities.markdown import render_markdown
from crm.work.emails.delivery_problems import get_delivery_sentence
from crm.work.emails.email_replies import Reply, ReplyMode, build_reply
from crm.work.emails.email_verbs import get_addresses, get_email_warnings
from crm.work.emails.forms import EmailForm
from crm.work.emails.mime_messages import find_routes
from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT, split_addresses
from crm.work.models.email_envelope import LONGEST_ADDRESSES, get_envelope

EMAIL = build_response_serializer(
    "Email",
    id=build_number_field(help_text="It is the id of an activity, too."),
    received=serializers.BooleanField(help_text="true for one that came in, false for one that a user sent."),
    subject=build_text_field(),
    text=build_text_field(help_text="Its text, in Markdown."),
    html=build_text_field(help_text="The same as HTML without scripts, forms and pictures from elsewhere."),
    sender=build_text_field(help_text="The address that it came from; empty for one that was sent."),
    to=build_text_field(help_text="Addresses, separated by commas."),
    cc=build_text_field(),
    bcc=build_text_field(help_text="Empty unless the user of the token is its author."),
    at=serializers.DateTimeField(),
    user=build_number_field(allow_null=True, help_text="Id of the author."),
    outcome=build_text_field(help_text=f"How far it got: {', '.join(Activity.Delivery.values)}."),
    problem=build_text_field(help_text="Why it wasn't sent, in words, or empty."),
    files=FILE(many=True),
)
# Once for all record types, because the documentation has one name for each.
EMAILS = build_response_serializer(
    "Emails", emails=EMAIL(many=True), next=build_number_field(allow_null=True)
)


def build_address_field(words: str) -> serializers.Field:
    return serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_ADDRESSES, help_text=words
    )


class EmailFields(Fields):
    to = build_address_field(
        "Addresses, separated by commas, or the name of a field that has one, such as email. Without it, the first address of the record, or "
        "those whom the answered email is from."
    )
    cc = build_address_field("Addresses, separated by commas.")
    bcc = build_address_field("Addresses that the other recipients and other users don't see.")
    subject = serializers.CharField(
        required=False, max_length=LONGEST_SUBJECT, help_text="An answer has that of the answered email."
    )
    text = serializers.CharField(
        max_length=LONGEST_TEXT,
        trim_whitespace=False,
        help_text="In Markdown. It is sent as it is, without the signature of the user.",
    )
    sender = serializers.CharField(
        required=False,
        max_length=40,
        help_text="The key of the mailbox to send from, if the user can choose: a wrong one is answered with those known.",
    )
    files = serializers.ListField(
        child=serializers.IntegerField(**NUMBER),
        required=False,
        help_text="Ids of files of the record that go along. Add others with their own call first.",
    )
    answers = serializers.IntegerField(
        **NUMBER, required=False, help_text="Id of the email of this record that it answers."
    )
    mode = serializers.ChoiceField(
        ReplyMode.choices, default=ReplyMode.REPLY.value, help_text="How it answers that email."
    )
    despite_warnings = serializers.BooleanField(
        default=False,
        help_text="true sends it although the page warns, such as of someone who opted out. Otherwise it is refused with the warning.",
    )


def build_email_json(row: Activity, files: list[AttachedFile], user: Any) -> dict[str, Any]:
    envelope, received, is_own = get_envelope(row), row.has_arrived, row.created_by_id == user.pk
    hidden = [] if is_own else split_addresses(envelope.bcc)
    return {
        "id": row.pk,
        "received": received,
        "subject": row.subject,
        "text": row.text,
        "html": str(render_markdown(row.text)),
        "sender": row.address if received else "",
        "to": envelope.to or ("" if received else row.address),
        "cc": envelope.cc,
        "bcc": envelope.bcc if is_own else "",
        "at": format_moment(row.at),
        "user": row.created_by_id,
        "outcome": row.outcome,
        # Only its author is told whom it wasn't sent to, which may be someone in Bcc.
        "problem": str(get_delivery_sentence(row.problem, hidden)) if row.has_failed or is_own else "",
        "files": [build_file_json(file) for file in files],
    }


def build_emails_json(rows: list[Activity], user: Any) -> list[dict[str, Any]]:
    files: dict[int, list[AttachedFile]] = {row.pk: [] for row in rows}
    found = AttachedFile.objects.of_activities(list(files)).select_related("activity")
    for file in found if files else ():
        files[file.activity_id].append(file)
    return [build_email_json(row, files[row.pk], user) for row in rows]


class RecordEmails(OwnView):
    resource = "emails"
    http_method_names = ["get", "head", "post"]
    parameters = ("limit", "before")

    def get(self, request: Any, pk: str) -> HttpResponse:
        self.require_permission("view")
        record = get_visible_record(self, pk)
        own: Any = Activity.objects.present().not_private_to_others(self.user)
        rows = (
            own.of_record(self.kind.name, record.pk).of_type(Activity.Type.EMAIL).select_related("envelope")
        )
        page, following = get_page_before(rows.order_by("-pk"), request.query_params)
        return build_json_response({"emails": build_emails_json(page, self.user), "next": following})

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = EmailFields.read(self.sent_fields)
        self.require_permission("view", "change")
        changeable = get_changeable_record(self, get_id_from_url(self.kind, pk))
        # With what its page shows: the warnings are about that.
        (record,) = get_records_for_page(
            self.kind, [changeable.pk], seen_by=self.user, viewer=self.user, whole=True
        )
        warnings = get_email_warnings(self.kind, record)
        if warnings and not sent["despite_warnings"]:
            raise build_invalid_problem(despite_warnings=" ".join(map(str, warnings)))
        form = self.build_form(record, sent)
        if not form.is_valid():
            raise build_form_problem(form)
        verb = form.build_verb([])
        rows = self.kind.model.objects.present().changeable_by(self.user).filter(pk=record.pk)
        outcome = carry_out(verb, rows, by=self.user, channel=API)
        if not outcome.operation:
            # The record was deleted after it was found and before it was locked.
            raise ApiProblem(404, "not_found")
        return build_json_response({"id": verb.emails.get().pk, "operation": outcome.operation.pk}, 201)

    def require_permission(self, *actions: str) -> None:
        """Raises Problem 403: the right of the token is about emails of records of every type."""
        if not self.user.has_perms([self.kind.get_right(action) for action in actions]):
            raise ApiProblem(403, "forbidden", "The user of this token may not do this.")

    def build_form(self, record: Any, sent: dict[str, Any]) -> EmailForm:
        """The form of the page, filled in as sent. Raises Problem 422."""
        reply = self.find_reply(record, sent)
        files = list(AttachedFile.objects.of_record(self.kind.name, record.pk, self.user))
        routes = find_routes(self.kind.name, record.pk, self.user)
        common: dict[str, Any] = {
            "addresses": get_addresses(self.kind, record, self.user),
            "files": files,
            "user": self.user,
            "routes": routes,
            "reply": reply,
        }
        if "sender" in sent and sent["sender"] not in (keys := [route.key for route in routes]):
            raise build_invalid_problem(sender=f"Send one of these: {', '.join(keys)}.")
        known = {file.pk for file in files}
        if unknown := [str(pk) for pk in sent.get("files", []) if pk not in known]:
            raise build_invalid_problem(files=f"These aren't files of the record: {', '.join(unknown)}.")
        first = EmailForm(**common).initial
        data = {name: sent.get(name, first.get(name, "")) for name in ("to", "cc", "bcc", "subject")}
        data |= {"text": sent["text"], "record_files": [str(pk) for pk in sent.get("files", [])]}
        data["sender"] = sent.get("sender") or (routes[0].key if routes else "")
        return EmailForm(build_query_dict(data), **common)

    def find_reply(self, record: Any, sent: dict[str, Any]) -> Reply | None:
        """Raises Problem 422 for anything other than an email of this record that the user may read."""
        if "answers" not in sent:
            return None
        own: Any = Activity.objects.present().not_private_to_others(self.user)
        rows = own.of_record(self.kind.name, record.pk).of_type(Activity.Type.EMAIL)
        email = rows.filter(pk=sent["answers"]).first()
        if email is None:
            raise build_invalid_problem(answers="This isn't an email of the record.")
        return build_reply(email, sent["mode"], self.user)


def build_form_problem(form: EmailForm) -> ApiProblem:
    names = {"record_files": "files", "attachments": "files"}
    return build_invalid_form_problem({names.get(name, name): texts for name, texts in form.errors.items()})


# What the call that sends one answers, once for all record types.
QUEUED = build_response_serializer(
    "EmailQueued",
    id=build_number_field(help_text="Ask GET /api/v2/emails/{id} how far it got."),
    operation=build_number_field(
        help_text="Id of the operation. Undoing it within a few seconds stops the email."
    ),
)


def build_emails_call(kind: Kind) -> type[RecordEmails]:
    """The two calls for one record type, with their documentation."""
    name, one = kind.model.__name__, kind.words.one
    view: Any = type(f"{name}Emails", (RecordEmails,), {"kind_name": kind.name})
    document = extend_schema_view(
        get=call(
            f"List emails of a {one}",
            EMAILS,
            name=f"list_{kind.name}_emails",
            errors=[404],
            parameters=[
                LIMIT,
                BEFORE,
            ],
            words=(
                f"Returns the emails to and from one {one}, the last added first, as far as the user of the token may read them: those "
                "that are private to another user are missing. Follow next until it is null."
            ),
        ),
        post=call(
            f"Send an email to a {one}",
            QUEUED,
            name=f"send_{kind.name}_email",
            sends=EmailFields,
            made=True,
            errors=[404],
            parameters=[IDEMPOTENT],
            example={"subject": "Your offer", "text": "Dear **Jan**,\n\nhere it is."},
            words=(
                f"Sends an email in the name of the user of the token, as the page of the {one} does: from their mailbox or the address of "
                "the company, and once. It is sent a few seconds later; until then, undoing the operation stops it. Send an Idempotency-Key, so "
                "that a call whose answer was lost doesn't send it twice. If the page would warn, the answer is 422 with the warning."
            ),
        ),
    )
    return document(view)


@extend_schema_view(
    get=call(
        "Get an email",
        EMAIL,
        name="get_email",
        errors=[404],
        words="Returns one email of a record that the user of the token sees, with its text, its files and how far it got.",
    )
)
class OneEmail(OwnView):
    resource = "emails"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        seen: Any = Activity.objects.listed_for(self.user).not_private_to_others(self.user)
        rows = seen.of_type(Activity.Type.EMAIL).select_related("envelope")
        return build_json_response(build_emails_json([get_row_or_404(rows, pk)], self.user)[0])
