"""API v2: the files that were added to a record: their list, one to download, and adding one. A file belongs to an activity, with
which it is deleted."""

import binascii
from base64 import b64decode
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_url_number
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, call
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.records import get_changeable_record, get_id_from_url
from crm.api.v2.v2_view import OWN_PREFIX, Fields, OwnView, format_moment, get_page_before
from crm.models import Activity, AttachedFile
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.limits import LONGEST_NAME
from crm.platform.files.store import NotKept
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.work.activities.forms import ActivityForm
from crm.work.activities.views.attached_file import build_download_response
from crm.work.models.activity import LONGEST_TEXT

# A body has at most 5 MB, and Base64 takes a third more than the bytes.
LONGEST_CONTENT = 4_900_000
FILE = build_response_serializer(
    "AttachedFile",
    id=build_number_field(),
    name=build_text_field(),
    size=build_number_field(help_text="In bytes."),
    content_type=build_text_field(help_text="What it contains, whatever its name says."),
    url=build_text_field(help_text="The address that sends it to the same token."),
    activity=build_number_field(
        help_text="Id of the activity that it belongs to. Delete that one to delete the file."
    ),
    user=build_number_field(allow_null=True, help_text="Id of the author of the activity."),
    at=serializers.DateTimeField(help_text="When the activity happened."),
)


class FileFields(Fields):
    name = serializers.CharField(max_length=LONGEST_NAME, help_text="Such as offer.pdf.")
    content = serializers.CharField(
        max_length=LONGEST_CONTENT, trim_whitespace=False, help_text="The bytes of the file in Base64."
    )
    text = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_TEXT,
        help_text="What people read beside the file, in Markdown.",
    )


def build_file_json(row: AttachedFile) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "size": row.size,
        "content_type": row.content_type,
        "url": f"{OWN_PREFIX}files/{row.pk}",
        "activity": row.activity_id,
        "user": row.activity.created_by_id,
        "at": format_moment(row.activity.at),
    }


class RecordFiles(OwnView):
    http_method_names = ["get", "head", "post"]
    actions = {"GET": "get", "HEAD": "get", "POST": "put"}
    parameters = ("limit", "before")

    def get(self, request: Any, pk: str) -> HttpResponse:
        record = get_visible_record(self, pk)
        rows = AttachedFile.objects.of_record(self.kind.name, record.pk, self.user)
        page, following = get_page_before(rows.select_related("activity"), request.query_params)
        return build_json_response({"files": [build_file_json(row) for row in page], "next": following})

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = FileFields.read(self.sent_fields)
        record = get_changeable_record(self, get_id_from_url(self.kind, pk))
        upload = SimpleUploadedFile(sent["name"], decode_content(sent["content"]))
        data = build_query_dict({"type": Activity.Type.FILE.value, "text": sent.get("text", "")})
        form = ActivityForm(data, MultiValueDict({"attachments": [upload]}))
        if not form.is_valid():
            raise build_form_problem(form)
        rows = self.kind.model.objects.present().changeable_by(self.user).filter(pk=record.pk)
        try:
            with store_uploads(form.cleaned_data["attachments"]) as files:
                outcome = carry_out(form.build_verb(self.user, files), rows, by=self.user, channel=API)
        except NotKept as error:
            raise build_invalid_problem(content=get_refusal_sentence(error.code)) from error
        if not outcome.changed:
            # The record was deleted after it was found and before it was locked.
            raise ApiProblem(404, "not_found")
        row = AttachedFile.objects.select_related("activity").get(file=files[0].file)
        self.headers["Location"] = f"{OWN_PREFIX}files/{row.pk}"
        return build_json_response(build_file_json(row), 201)


# Once for all record types, because the documentation has one name for each.
LISTED = build_response_serializer(
    "AttachedFiles", files=FILE(many=True), next=build_number_field(allow_null=True)
)


def build_files_call(kind: Kind, *, resource: str) -> type[RecordFiles]:
    """The two calls for one record type, with their documentation."""
    name, one = kind.model.__name__, kind.words.one
    view: Any = type(f"{name}Files", (RecordFiles,), {"kind_name": kind.name, "resource": resource})
    document = extend_schema_view(
        get=call(
            f"List files of a {one}",
            LISTED,
            name=f"list_{kind.name}_files",
            errors=[404],
            parameters=[
                LIMIT,
                BEFORE,
            ],
            words=(
                f"Returns the files that were added to one {one} or came with its emails, newest first, as far as the user of the token "
                "can see them. Follow next until it is null. Files of custom fields are in the record."
            ),
        ),
        post=call(
            f"Add a file to a {one}",
            FILE,
            name=f"add_{kind.name}_file",
            sends=FileFields,
            made=True,
            errors=[404],
            parameters=[IDEMPOTENT],
            example={"name": "offer.txt", "content": "SGVsbG8="},
            words=(
                f"Adds a file as an activity of the {one}, like the form on its page, with the same limits: executable files are refused, "
                "whatever their name says. A body may have 5 MB, which is a file of about 3.6 MB."
            ),
        ),
    )
    return document(view)


def decode_content(text: str) -> bytes:
    """Raises Problem 422 for anything that isn't Base64."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise build_invalid_problem(content="Send the bytes of the file in Base64.") from error


def build_form_problem(form: ActivityForm) -> ApiProblem:
    errors = {"content" if name == "attachments" else name: texts for name, texts in form.errors.items()}
    return build_invalid_form_problem(errors)


@extend_schema_view(
    get=call(
        "Download a file",
        OpenApiTypes.BINARY,
        name="download_file",
        media_sent="application/octet-stream",
        errors=[404],
        words="Sends a file that was added to a record, if the user of the token sees the activity that it belongs to.",
    )
)
class OneFile(OwnView):
    resource = "activities"
    http_method_names = ["get", "head"]

    def get(self, request: Any, pk: str) -> FileResponse:
        row = AttachedFile.objects.filter(pk=parse_url_number(pk) or 0).first()
        seen = Activity.objects.listed_for(self.user).not_private_to_others(self.user)
        if row is None or not seen.filter(pk=row.activity_id).exists():
            raise ApiProblem(404, "not_found")
        return build_download_response(row)
