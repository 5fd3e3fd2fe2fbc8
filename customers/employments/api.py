"""API v2: the positions that a contact has or had, added, changed, ended and removed as on its page."""

from copy import copy
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import IDEMPOTENT, build_number_field, build_response_serializer, build_text_field
from crm.api.problems import build_invalid_problem
from crm.api.v2.custom_fields import FIELD_CLOSED_MESSAGE
from crm.api.v2.documentation.call_parts import BEFORE, ETAG, IF_MATCH, LIMIT, call
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.record_items import NUMBER, raise_if_refused
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.record_writing import API
from crm.api.v2.records import get_changeable_record, get_id_from_url, lock_changeable_record
from crm.api.v2.settings_changes.form_writing import DONE, OPERATION, fill_form, read_form_values
from crm.api.v2.v2_view import OwnView, get_page_before, get_row_or_404
from crm.models import Change
from crm.records.history.verb_execution import carry_out
from customers.employments.forms import EmploymentForm
from customers.employments.verbs import AddEmployment, EditEmployment, RemoveEmployment
from customers.models import Company, Contact, Employment
from customers.related_items.verbs import carry_out_on_items

NAMES = {name: name for name in ("company", "role", "started_on", "ended_on")}
LONGEST = Employment._meta.get_field("role").max_length
EMPLOYMENT = build_response_serializer(
    "Employment",
    id=build_number_field(),
    company=build_number_field(help_text="Id of the company."),
    company_name=build_text_field(),
    role=build_text_field(help_text="The position, or empty."),
    started_on=serializers.DateField(allow_null=True),
    ended_on=serializers.DateField(allow_null=True, help_text="null if it continues."),
    version=build_number_field(help_text="For If-Match."),
)
WRITTEN = build_response_serializer(
    "EmploymentWritten",
    id=build_number_field(),
    version=build_number_field(help_text="The new version, also sent as ETag."),
    operation=OPERATION,
)


def build_sent_serializer(name: str, *, is_new: bool) -> type[serializers.Serializer]:
    optional: dict[str, Any] = {"required": False}
    day = {**optional, "allow_null": True}
    return build_response_serializer(
        name,
        company=serializers.IntegerField(
            **NUMBER, required=is_new, help_text="Id of a company that the user of the token sees."
        ),
        role=build_text_field(**optional, allow_blank=True, max_length=LONGEST, help_text="The position."),
        started_on=serializers.DateField(**day),
        ended_on=serializers.DateField(**day, help_text="null if it continues."),
    )


def build_employment_json(row: Employment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "company": row.company_id,
        "company_name": str(row.company),
        "role": row.role,
        "started_on": row.started_on,
        "ended_on": row.ended_on,
        "version": row.version,
    }


# Who may change the contact may change its employments.
ACTIONS = ACTIONS_BY_METHOD | dict.fromkeys(("POST", "PATCH", "DELETE"), "put")


def visible_employments_queryset(view: OwnView, contact: Contact) -> Any:
    return Employment.objects.present().visible_to(view.user).of_record(contact).with_names()


def read_form(view: OwnView, instance: Employment | None = None) -> EmploymentForm:
    """The valid form of the page; what isn't sent stays. Raises Problem 422."""
    values, _known = read_form_values(view.sent_fields, NAMES)
    if "company" in values:
        if not view.user.has_perm(Company.get_right("view")):
            raise build_invalid_problem(company=FIELD_CLOSED_MESSAGE)
        values["company"] = format_company_id(values["company"])
    elif instance:
        values["company"] = f"#{instance.company_id}"
    return fill_form(lambda data: EmploymentForm(data, instance=instance, viewer=view.user), values, NAMES)


def format_company_id(sent: Any) -> str:
    """As the form takes it, which would look for another text as a name. Raises Problem 422."""
    if not isinstance(sent, int) or isinstance(sent, bool):
        raise build_invalid_problem(company="Send the id of a company.")
    return f"#{sent}"


def build_written_response(view: OwnView, pk: int, operation: Any, status: int = 200) -> HttpResponse:
    version = Employment.objects.values_list("version", flat=True).get(pk=pk)
    view.headers["ETag"] = build_etag(version)
    body = {"id": pk, "version": version, "operation": operation and operation.pk}
    return build_json_response(body, status)


@extend_schema_view(
    get=call(
        "List employments of a contact",
        build_response_serializer(
            "Employments",
            employments=EMPLOYMENT(many=True),
            next=build_number_field(allow_null=True, help_text="For before; null on the last page."),
        ),
        name="list_employments",
        parameters=[LIMIT, BEFORE],
        errors=[404],
        words=(
            "Lists the positions that a contact has or had at companies, the ones added last first. The present main one, company and "
            "title, is in the contact itself."
        ),
    ),
    post=call(
        "Add an employment of a contact",
        WRITTEN,
        name="add_employment",
        sends=build_sent_serializer("NewEmployment", is_new=True),
        made=True,
        parameters=[IDEMPOTENT, ETAG],
        errors=[404],
        example={"company": 17, "role": "Buyer", "started_on": "2019-03-01"},
        words="Adds a position, in one operation. The token needs the right to change contacts.",
    ),
)
class Employments(OwnView):
    kind_name = "contact"
    resource = "contacts"
    actions = ACTIONS
    http_method_names = ["get", "head", "post"]
    parameters = ("limit", "before")

    def get(self, request: Any, pk: str) -> HttpResponse:
        rows = visible_employments_queryset(self, get_visible_record(self, pk)).order_by("-pk")
        found, following = get_page_before(rows, request.query_params)
        return build_json_response(
            {"employments": [build_employment_json(row) for row in found], "next": following}
        )

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        contact = get_changeable_record(self, get_id_from_url(self.kind, pk))
        verb = AddEmployment(self.user, read_form(self).cleaned_data)
        rows = Contact.objects.present().changeable_by(self.user).filter(pk=contact.pk)
        outcome = carry_out(verb, rows, by=self.user, channel=API)
        raise_if_refused(outcome, self.kind)
        added = Change.objects.of_operation_and_parts(outcome.operation, Employment.table).get().row
        self.headers["Location"] = f"{request.path}/{added}"
        return build_written_response(self, added, outcome.operation, 201)


@extend_schema_view(
    get=call(
        "Get an employment of a contact",
        EMPLOYMENT,
        name="get_employment",
        parameters=[ETAG],
        errors=[404],
        words="Returns one position. Its version is in the body and in the header ETag.",
    ),
    patch=call(
        "Change an employment of a contact",
        WRITTEN,
        name="change_employment",
        sends=build_sent_serializer("ChangedEmployment", is_new=False),
        parameters=[IF_MATCH, ETAG],
        errors=[404, 412],
        example={"ended_on": "2022-06-30"},
        words="Changes the fields that you send and no others, in one operation. Send ended_on when the person leaves.",
    ),
    delete=call(
        "Delete an employment of a contact",
        DONE,
        name="delete_employment",
        parameters=[IF_MATCH],
        errors=[404, 412],
        words="Removes a position, in one operation. Undo the operation to get it back.",
    ),
)
class OneEmployment(OwnView):
    kind_name = "contact"
    resource = "contacts"
    actions = ACTIONS
    http_method_names = ["get", "head", "patch", "delete"]

    def get(self, request: Any, pk: str, employment: str) -> HttpResponse:
        row = get_row_or_404(visible_employments_queryset(self, get_visible_record(self, pk)), employment)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(build_employment_json(row))

    def patch(self, request: HttpRequest, pk: str, employment: str) -> HttpResponse:
        row = self.get_at_expected_version(request, pk, employment)
        # A form writes what was sent to its instance.
        verb = EditEmployment(read_form(self, copy(row)).get_changes(row))
        return build_written_response(self, row.pk, self.carry_out(verb, row) if verb.changes else None)

    def delete(self, request: Any, pk: str, employment: str) -> HttpResponse:
        row = self.get_at_expected_version(request, pk, employment)
        return build_json_response({"operation": self.carry_out(RemoveEmployment(), row).pk})

    def get_at_expected_version(self, request: HttpRequest, pk: str, employment: str) -> Employment:
        """With its contact locked. Raises Problem 404, 403 or 412."""
        contact = lock_changeable_record(self, get_id_from_url(self.kind, pk))
        row = get_row_or_404(visible_employments_queryset(self, contact), employment)
        check_version(request, row.version)
        return row

    def carry_out(self, verb: EditEmployment | RemoveEmployment, row: Employment) -> Any:
        """The operation. Raises Problem 422 if the verb is refused."""
        outcome = carry_out_on_items(verb, [row.pk], by=self.user, channel=API)
        raise_if_refused(outcome, self.kind)
        return outcome.operation


ALL = "contacts/<str:pk>/employments"
urlpatterns = [
    path(ALL, Employments.as_view(), name="own_employments"),
    path(f"{ALL}/<str:employment>", OneEmployment.as_view(), name="own_employment"),
]
