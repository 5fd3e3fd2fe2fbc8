"""API v2: the templates of notes and emails: one's own and the shared ones, as on their pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem
from crm.api.v2.documentation.call_parts import ETAG, IF_MATCH, call
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import (
    DONE,
    OPERATION,
    build_sent_serializer,
    read_form_values,
    write_form,
)
from crm.api.v2.v2_view import OwnView, get_row_or_404
from crm.models import Operation
from crm.records.editing.settings_change import wait_for_others
from crm.work.models.template import Template
from crm.work.templates.forms import TemplateForm
from crm.work.templates.template_verbs import delete_template

NAMES = {name: name for name in ("name", "type", "subject", "text", "shared")}
ROW: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "version": build_number_field(help_text="For If-Match."),
    "name": build_text_field(),
    "type": serializers.ChoiceField(Template.Type.choices, help_text="What it is for."),
    "subject": build_text_field(help_text="Empty for notes."),
    "text": build_text_field(help_text="In Markdown, with merge fields such as {first_name}."),
    "shared": serializers.BooleanField(help_text="false for one’s own, which others don’t see."),
    "may_change": serializers.BooleanField(
        help_text="Whether the user of the token may change and delete it."
    ),
}
TEMPLATE = build_response_serializer("Template", **ROW)
WRITTEN = build_response_serializer("TemplateWritten", **ROW, operation=OPERATION)
SENT = build_sent_serializer("TemplateFields", TemplateForm, NAMES)


def visible_templates_queryset(user: Any) -> Any:
    return Template.objects.active().visible_to(user)


def build_template_json(row: Template, *, may_change: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "version": row.version,
        "name": row.name,
        "type": row.type,
        "subject": row.subject,
        "text": row.text,
        "shared": row.is_shared,
        "may_change": may_change,
    }


class TemplateRows:
    """What the calls about templates share, together with OwnView."""

    resource = "templates"
    user: Any
    headers: dict[str, str]
    sent_fields: dict[str, Any]

    def may_change(self, row: Template) -> bool:
        return Template.objects.changeable_by(self.user).filter(pk=row.pk).exists()

    def get_changeable_template(self, request: HttpRequest, pk: str) -> Template:
        """At the version that the call expects. Raises Problem 403, 404 or 412."""
        wait_for_others()
        row = get_row_or_404(visible_templates_queryset(self.user), pk)
        if not self.may_change(row):
            raise ApiProblem(403, "forbidden", "The user of this token may not change shared templates.")
        check_version(request, row.version)
        return row

    def write(self, row: Template | None) -> tuple[Template, Operation]:
        """Through the form of the page. What isn't sent stays. Raises Problem 422."""
        values = read_form_values(self.sent_fields, NAMES)
        return write_form(lambda data: TemplateForm(data, instance=row, user=self.user), *values, self.user)

    def build_written_response(self, row: Template, record: Operation, status: int = 200) -> HttpResponse:
        row.refresh_from_db()
        self.headers["ETag"] = build_etag(row.version)
        body = build_template_json(row, may_change=self.may_change(row))
        return build_json_response(body | {"operation": record.pk}, status)


@extend_schema_view(
    get=call(
        "List templates",
        build_response_serializer("Templates", templates=TEMPLATE(many=True)),
        name="list_templates",
        words="Lists the templates of notes and emails by name: those of the user of the token, and the shared ones.",
    ),
    post=call(
        "Add a template",
        WRITTEN,
        name="add_template",
        sends=SENT,
        made=True,
        parameters=[IDEMPOTENT, ETAG],
        example={"name": "Offer", "type": "email", "subject": "Your offer", "text": "Dear {first_name},"},
        words=(
            "Adds a template as its page does, in one operation, which can be undone. Sharing it with everyone requires the permission to "
            "change templates."
        ),
    ),
)
class Templates(TemplateRows, OwnView):
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        rows = visible_templates_queryset(self.user)
        changeable = set(rows.changeable_by(self.user).values_list("pk", flat=True))
        found = [build_template_json(row, may_change=row.pk in changeable) for row in rows.by_name()]
        return build_json_response({"templates": found})

    def post(self, request: HttpRequest) -> HttpResponse:
        wait_for_others()
        row, record = self.write(None)
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return self.build_written_response(row, record, 201)


@extend_schema_view(
    get=call(
        "Get a template",
        TEMPLATE,
        name="get_template",
        parameters=[ETAG],
        errors=[404],
        words="Returns one template. Its version is in the body and in the header ETag.",
    ),
    patch=call(
        "Change a template",
        WRITTEN,
        name="change_template",
        sends=SENT,
        parameters=[IF_MATCH, ETAG],
        errors=[404, 412],
        example={"text": "Dear {first_name},"},
        words="Changes the fields that you send and no others, in one operation, which can be undone.",
    ),
    delete=call(
        "Delete a template",
        DONE,
        name="delete_template",
        parameters=[IF_MATCH],
        errors=[404, 412],
        words=(
            "Deletes a template, in one operation, which can be undone. Rules that use it can't send their emails any more: their "
            "pages say so."
        ),
    ),
)
class OneTemplate(TemplateRows, OwnView):
    http_method_names = ["get", "head", "patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_row_or_404(visible_templates_queryset(self.user), pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(build_template_json(row, may_change=self.may_change(row)))

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.build_written_response(*self.write(self.get_changeable_template(request, pk)))

    def delete(self, request: Any, pk: str) -> HttpResponse:
        row = self.get_changeable_template(request, pk)
        return build_json_response({"operation": delete_template(row, by=self.user, channel=API).pk})
