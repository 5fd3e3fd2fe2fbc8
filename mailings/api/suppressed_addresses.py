"""API v2: the suppression list: reading it, adding an address and removing one, as the page does."""

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
    document_query_parameter,
)
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, call
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import DONE, OPERATION, write_form
from crm.api.v2.v2_view import Fields, OwnView, format_moment, get_page_before, get_row_or_404
from crm.records.editing.settings_change import wait_for_others
from mailings.models import Suppression
from mailings.settings.sending_forms import SuppressionForm
from mailings.suppression.address_erasure import count_erased_addresses
from mailings.suppression.suppression_list import LONGEST_NOTE, remove_suppression

RESOURCE = "suppressed_addresses"
LONGEST_ADDRESS = 254
ROW = {
    "id": build_number_field(),
    "address": build_text_field(),
    "reason": serializers.ChoiceField(Suppression.Reason.choices),
    "note": build_text_field(),
    "since": serializers.DateTimeField(),
    "user": build_number_field(allow_null=True, help_text="Id of the user who added it."),
}
ADDRESS = build_response_serializer("SuppressedAddress", **ROW)
ADDED = build_response_serializer("AddedSuppressedAddress", **ROW, operation=OPERATION)
ADDRESSES = build_response_serializer(
    "SuppressedAddresses",
    suppressed_addresses=ADDRESS(many=True),
    erased=build_number_field(
        help_text="How many more addresses receive nothing whose text was erased with their person."
    ),
    next=build_number_field(allow_null=True),
)


class SuppressedAddressFields(Fields):
    address = serializers.CharField(max_length=LONGEST_ADDRESS)
    note = serializers.CharField(max_length=LONGEST_NOTE, required=False, allow_blank=True)


def build_address_json(row: Suppression) -> dict[str, Any]:
    return {
        "id": row.pk,
        "address": row.address,
        "reason": row.reason,
        "note": row.note,
        "since": format_moment(row.at),
        "user": row.by_id,
    }


@extend_schema_view(
    get=call(
        "List suppressed addresses",
        ADDRESSES,
        name="list_suppressed_addresses",
        parameters=[
            LIMIT,
            BEFORE,
            document_query_parameter("find", words="Only addresses with this text, in any case."),
        ],
        words="Lists the addresses that receive no mailings, whichever record has them, the last added first. Follow next until it is null.",
    ),
    post=call(
        "Add a suppressed address",
        ADDED,
        name="add_suppressed_address",
        sends=SuppressedAddressFields,
        made=True,
        parameters=[IDEMPOTENT],
        example={"address": "jan@example.cz", "note": "Asked by phone"},
        words="Adds an address that receives no mailings from now on, in one operation, which can be undone.",
    ),
)
class SuppressedAddresses(OwnView):
    resource = RESOURCE
    http_method_names = ["get", "head", "post"]
    parameters = ("limit", "before", "find")

    def get(self, request: Any) -> HttpResponse:
        data = request.query_params
        rows = Suppression.objects.visible_to(self.user).newest_first()
        found, following = get_page_before(
            rows.with_text(data.get("find", "").strip()[:LONGEST_ADDRESS]), data
        )
        answer = {"suppressed_addresses": [build_address_json(row) for row in found]}
        return build_json_response(answer | {"erased": count_erased_addresses(), "next": following})

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = SuppressedAddressFields.read(self.sent_fields)
        wait_for_others()
        new = Suppression(by=self.user)
        row, record = write_form(
            lambda data: SuppressionForm(data, instance=new), sent, {name: name for name in sent}, self.user
        )
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return build_json_response(build_address_json(row) | {"operation": record.pk}, 201)


@extend_schema_view(
    get=call(
        "Get a suppressed address",
        ADDRESS,
        name="get_suppressed_address",
        errors=[404],
        words="Returns one address of the suppression list.",
    ),
    delete=call(
        "Delete a suppressed address",
        DONE,
        name="delete_suppressed_address",
        errors=[404],
        words=(
            "Removes an address from the suppression list, so that it can receive mailings again, in one operation, which can be undone. "
            "Recipients who have unsubscribed still receive none."
        ),
    ),
)
class OneSuppressedAddress(OwnView):
    resource = RESOURCE
    http_method_names = ["get", "head", "delete"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = get_row_or_404(Suppression.objects.visible_to(self.user), pk)
        return build_json_response(build_address_json(row))

    def delete(self, request: Any, pk: str) -> HttpResponse:
        wait_for_others()
        row = get_row_or_404(Suppression.objects.changeable_by(self.user), pk)
        record = remove_suppression(row, by=self.user, channel=API)
        return build_json_response({"operation": record.pk})
