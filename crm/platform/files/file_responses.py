"""Sending kept files to browsers, in parts as they arrive from the store."""

from typing import Any

from django.http import FileResponse, Http404

from crm.platform.files.store import open_stored_file


def build_streaming_response(file: str, **options: Any) -> FileResponse:
    """A file that is no longer in the store is not found. Raises StoreAway."""
    try:
        content = open_stored_file(file)
    except FileNotFoundError:
        raise Http404 from None
    # A folder's is an ordinary file, which the web server can send by itself.
    response = FileResponse(content.file, **options)
    if length := getattr(content, "length", None):
        response["Content-Length"] = length
    return response
