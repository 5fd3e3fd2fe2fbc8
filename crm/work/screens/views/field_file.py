"""The file of a custom field, and its thumbnail: for everyone who sees the record and the field."""

from typing import Any

from django.http import Http404
from django.views.decorators.http import require_safe

from crm.fields.custom.files.file_values import is_file
from crm.platform.files.attachment_storage import KeptFile
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_visible_record, kind_view
from crm.work.activities.views.attached_file import build_download_response, build_thumbnail_response


@kind_view()
@require_safe
def field_file(request, kind: Kind, pk, field):
    return build_download_response(get_field_file(kind, request.user, pk, field))


@kind_view()
@require_safe
def field_thumbnail(request, kind: Kind, pk, field):
    return build_thumbnail_response(get_field_file(kind, request.user, pk, field))


def get_field_file(kind: Kind, user: Any, pk: int, name: str) -> KeptFile:
    """The file that a record has in a field which the user sees; anything else is not found."""
    record = get_visible_record(kind, user, pk)
    seen = [field for field in kind.get_custom_fields(user) if is_file(field) and field.name == name]
    found = getattr(record, name) if seen else None
    if not found:
        raise Http404
    return found
