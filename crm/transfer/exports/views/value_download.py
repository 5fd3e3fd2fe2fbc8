"""Download the values of a custom field, each with the ID and the name of its record, such as before the field is deleted."""

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from crm.fields.custom.values.field_registry import get_custom_field, is_seen_by
from crm.models import CustomField, Export
from crm.records.custom_fields.usage import build_filled_query
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import kind_view
from crm.transfer.exports.selection import Selection
from crm.transfer.exports.views.new_export import build_file_response


@transaction.non_atomic_requests
@permission_required("crm.delete_customfield", raise_exception=True)
@kind_view("export")
@require_POST
def field_values(request, kind: Kind, pk: int):
    """An export like any other: with a receipt, and with approval if it is large."""
    row = get_object_or_404(CustomField.objects.present_of_table(kind.name), pk=pk)
    field = get_custom_field(kind.name, row.key)
    if not is_seen_by(field, request.user):
        raise Http404
    selection = Selection(kind, QueryDict(build_filled_query(field)), request.user)
    columns = kind.resource.get_view_columns(kind, ["name", row.key], request.user)
    return build_file_response(request, selection, columns, Export.Format.XLSX, None)
