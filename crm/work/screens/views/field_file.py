"""The file of a custom field, and its thumbnail: for everyone who sees the record and the field."""

from typing import Any

from django.http import Http404
from django.views.decorators.http import require_safe

from crm.fields.custom.files.file_values import find_visible_file
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
    found = find_visible_file(get_visible_record(kind, user, pk), kind.get_custom_fields(user), name)
    if found is None:
        raise Http404
    return found
