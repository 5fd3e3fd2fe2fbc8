"""API v2: the list of mailings, and drafts: added, changed and deleted through the forms of their pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.call_parameters import require_known
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    document_query_parameter,
)
from crm.api.problems import ApiProblem
from crm.api.v2.documentation.call_parts import BEFORE, ETAG, IF_MATCH, LIMIT, call
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.record_items import NUMBER
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import (
    DONE,
    OPERATION,
    build_sent_serializer,
    fill_form,
    read_form_values,
    write_form,
)
from crm.api.v2.v2_view import Fields, OwnView, get_page_before, get_row_or_404
from crm.models import Operation
from crm.records.editing.settings_change import wait_for_others
from mailings import verbs
from mailings.api.mailing_json import (
    CONTENT,
    LINE,
    MAILING,
    ONE,
    SETTINGS,
    build_line_json,
    build_mailing_json,
)
from mailings.audience.audience import KINDS_OF_AUDIENCES
from mailings.audience.mailing_creation import create_mailing
from mailings.content.forms import ContentForm
from mailings.forms import ALL, LATER, NOW, MailingForm, NewMailingForm
from mailings.models import Mailing

State = Mailing.State
# What a program calls the fields of the form of a new mailing.
NEW = {name: name for name in ("subject", "department", "list", "purpose")}
NEW_NAMES = {**NEW, "records": "view", "chosen": "later"}
WRITTEN = build_response_serializer("MailingWritten", **ONE, operation=OPERATION)
MAILINGS = build_response_serializer(
    "Mailings",
    mailings=build_response_serializer(
        "MailingLine",
        **LINE,
        recipients=build_number_field(help_text="How many get it or got it; 0 for a draft."),
    )(many=True),
    next=build_number_field(allow_null=True),
)
STATES = document_query_parameter(
    "state", {"type": "string", "enum": State.values}, "Only those in this state."
)


class NewMailingFields(Fields):
    subject = serializers.CharField(max_length=200)
    of = serializers.ChoiceField(KINDS_OF_AUDIENCES, help_text="The type of the records that it is for.")
    view = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        help_text="Id of the saved view whose records get it; null for all that its user sees.",
    )
    later = serializers.BooleanField(
        default=False, help_text="true selects the records when sending begins instead of now."
    )
    department = serializers.IntegerField(
        **NUMBER, required=False, help_text="Without it, the user’s first one."
    )
    list = serializers.IntegerField(
        **NUMBER, required=False, allow_null=True, help_text="Id of a mailing list."
    )
    purpose = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        help_text="Id of the purpose to which recipients must have consented.",
    )


class MailingRows:
    """What the calls about a mailing share, together with OwnView."""

    user: Any
    headers: dict[str, str]

    def lock_draft(self, request: HttpRequest, rows: Any, pk: str, refusal: str) -> Mailing:
        """The draft, locked, at the version that the call expects. Raises Problem 404, 409 or 412."""
        found = get_row_or_404(rows.with_names().select_for_update(no_key=True, of=("self",)), pk)
        check_version(request, found.version)
        if found.state != State.DRAFT:
            raise ApiProblem(409, "changed_since", refusal)
        return found

    def build_written_response(self, pk: int, record: Operation, status: int = 200) -> HttpResponse:
        """The mailing as it is now, and the operation."""
        row = Mailing.objects.visible_to(self.user).with_names().get(pk=pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(build_mailing_json(row, self.user) | {"operation": record.pk}, status)


@extend_schema_view(
    get=call(
        "List mailings",
        MAILINGS,
        name="list_mailings",
        parameters=[LIMIT, BEFORE, STATES],
        words="Lists the mailings that the user of the token sees, the last added first. Follow next until it is null.",
    ),
    post=call(
        "Add a mailing",
        WRITTEN,
        name="add_mailing",
        sends=NewMailingFields,
        made=True,
        parameters=[IDEMPOTENT, ETAG],
        example={"subject": "Price list", "of": "lead"},
        words=(
            "Adds a draft, as its page does, in one operation, which can be undone. Nothing is sent: write its content, then send it with "
            "its own call."
        ),
    ),
)
class Mailings(MailingRows, OwnView):
    resource = "mailings"
    http_method_names = ["get", "head", "post"]
    parameters = ("limit", "before", "state")

    def get(self, request: Any) -> HttpResponse:
        data = request.query_params
        require_known("state", data.get("state", ""), ("", *State.values))
        rows = Mailing.objects.visible_to(self.user).with_names().with_numbers().newest_first()
        found, following = get_page_before(rows.in_state(data["state"]) if data.get("state") else rows, data)
        lines = [build_line_json(row) | {"recipients": row.recipients or 0} for row in found]
        return build_json_response({"mailings": lines, "next": following})

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = NewMailingFields.read(self.sent_fields)
        values = {name: sent[name] for name in NEW if name in sent}
        values |= {
            "records": f"{sent['of']}:{sent.get('view') or ALL}",
            "chosen": LATER if sent["later"] else NOW,
        }
        new = Mailing(by=self.user, department_id=next(iter(self.user.department_ids), None))
        form = fill_form(
            lambda data: NewMailingForm(data, instance=new, user=self.user, selected=False), values, NEW_NAMES
        )
        form.channel = API
        record = create_mailing(form, None, self.user)
        self.headers["Location"] = f"{request.path}/{new.pk}"
        return self.build_written_response(new.pk, record, 201)


@extend_schema_view(
    get=call(
        "Get a mailing",
        MAILING,
        name="get_mailing",
        parameters=[ETAG],
        errors=[404],
        words=(
            "Returns one mailing with its settings, its content, its recipients in numbers and its results, as its pages do. Before it is "
            "scheduled, the recipients are those that it would have now. Its version is in the body and in the header ETag."
        ),
    ),
    patch=call(
        "Change a mailing",
        WRITTEN,
        name="change_mailing",
        sends=build_sent_serializer("ChangedMailing", MailingForm, SETTINGS),
        parameters=[IF_MATCH, ETAG],
        errors=[404, 412],
        example={"pause_days": 7},
        words="Changes the settings of a draft that you send and no others, in one operation, which can be undone.",
    ),
    delete=call(
        "Delete a mailing",
        DONE,
        name="delete_mailing",
        parameters=[IF_MATCH],
        errors=[404, 412],
        words="Deletes a draft, in one operation, which can be undone. Other mailings stay, and can be canceled.",
    ),
)
class OneMailing(MailingRows, OwnView):
    resource = "mailings"
    http_method_names = ["get", "head", "patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_row_or_404(Mailing.objects.visible_to(self.user).with_names(), pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(build_mailing_json(row, self.user))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        wait_for_others()
        rows = Mailing.objects.changeable_by(self.user)
        row = self.lock_draft(request, rows, pk, "Only drafts can be edited.")
        values, known = read_form_values(self.sent_fields, SETTINGS)
        row, record = write_form(
            lambda data: MailingForm(data, instance=row, user=self.user), values, known, self.user
        )
        return self.build_written_response(row.pk, record)

    def delete(self, request: Any, pk: str) -> HttpResponse:
        rows = Mailing.objects.visible_to(self.user)
        row = self.lock_draft(request, rows, pk, "Only drafts can be deleted.")
        return build_json_response({"operation": verbs.delete_mailing(row, by=self.user, channel=API).pk})


@extend_schema_view(
    patch=call(
        "Change the content of a mailing",
        WRITTEN,
        name="change_mailing_content",
        sends=build_sent_serializer("ChangedMailingContent", ContentForm, CONTENT),
        parameters=[IF_MATCH, ETAG],
        errors=[404, 412],
        example={"text": "Dear {first_name|reader},\n\nhere are our **new prices**."},
        words=(
            "Changes what a draft says, in one operation, which can be undone. Texts are in Markdown, with the merge fields of the page; "
            "one that doesn’t exist is refused."
        ),
    )
)
class MailingContent(MailingRows, OwnView):
    resource = "mailings"
    http_method_names = ["patch"]
    actions = {"PATCH": "put"}

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        rows = Mailing.objects.changeable_by(self.user)
        row = self.lock_draft(request, rows, pk, "Only drafts can be edited.")
        values, known = read_form_values(self.sent_fields, CONTENT)
        row, record = write_form(
            lambda data: ContentForm(data, instance=row, user=self.user), values, known, self.user
        )
        return self.build_written_response(row.pk, record)
