"""A file of an activity, and its thumbnail: for everyone who sees the activity, and never shown as a page."""

from typing import Any

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from crm.models import AttachedFile
from crm.platform.files.content_detection import HARMLESS, UNKNOWN_TYPE
from crm.platform.files.file_responses import build_streaming_response
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import kind_view
from crm.work.activities.views.activity import get_activity

# Whatever the file contains: no script, no form, no content of its own, and an origin that isn't ours.
POLICY = "default-src 'none'; sandbox"


@kind_view()
@require_safe
def file(request, kind: Kind, pk, activity, file):
    return build_download_response(get_file(kind, request.user, pk, activity, file))


@kind_view()
@require_safe
def thumbnail(request, kind: Kind, pk, activity, file):
    return build_thumbnail_response(get_file(kind, request.user, pk, activity, file))


def get_file(kind: Kind, user, pk: int, activity: int, file: int) -> AttachedFile:
    """A file of an activity that the user sees; anything else is not found."""
    row = get_activity(kind, user, pk, activity)
    found = AttachedFile.objects.of_activities([row.pk]).filter(pk=file).first()
    if found is None:
        raise Http404
    return found


def build_thumbnail_response(row: Any) -> FileResponse:
    """That of an AttachedFile, or of an object with the same fields; not found without one."""
    if not row.has_thumbnail:
        raise Http404
    response = build_file_response(row.thumbnail, "image/webp", filename=f"{row.name}.webp")
    # Like every page of a signed-in user, it doesn't stay in the browser after they sign out.
    response["Cache-Control"] = "private, no-store"
    return response


def build_download_response(row: Any) -> FileResponse:
    """An AttachedFile, or an object with the same fields."""
    media_type = row.content_type if row.content_type in HARMLESS else UNKNOWN_TYPE
    response = build_file_response(row.file, media_type, as_attachment=True, filename=row.name)
    response["Cache-Control"] = "private, no-store"
    return response


def build_file_response(file: str, media_type: str, **options) -> FileResponse:
    """The content, in parts. A file that is no longer in the store is not found. Raises StoreAway."""
    response = build_streaming_response(file, content_type=media_type, **options)
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
