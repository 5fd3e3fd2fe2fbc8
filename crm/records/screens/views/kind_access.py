"""What all screens of a kind share: the kind in the URL, who may open it, and the record in the URL."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from crm.platform.audit.viewing_entries import record_view, write_out_of_reach_entry
from crm.platform.web.transactions import SAFE_METHODS
from crm.records.history.merged_records import MergedRecordFound, raise_if_merged
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.record_list import get_records_for_page


def kind_view(*rights: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A screen of the kind in its URL, for users who may view such records and have these permissions too."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped_view(request: HttpRequest, *arguments, kind: str, **keywords) -> HttpResponse:
            found = KINDS[kind]
            if not request.user.has_perms([found.get_right(right) for right in ("view", *rights)]):
                raise PermissionDenied
            try:
                return view(request, found, *arguments, **keywords)
            except MergedRecordFound as merged:
                if request.method not in SAFE_METHODS:
                    raise
                messages.info(request, merged.sentence)
                return redirect(merged.record)

        return wrapped_view

    return decorate


def get_template_names(kind: Kind, name: str) -> list[str]:
    """The kind's own template, or else the shared one."""
    return [f"{kind.urls}/{name}", f"records/{name}"]


def get_visible_record(kind: Kind, user, pk: int) -> Any:
    """A record that the user sees, in Trash or not, with everything its page shows; anything else is not found. Raises Merged for
    one that was merged into a record that the user sees."""
    found = get_records_for_page(kind, [pk], seen_by=user, viewer=user, whole=True)
    if not found:
        raise_if_merged(kind, user, pk)
        write_out_of_reach_entry(kind.model.objects, kind.name, pk)
        raise Http404
    record_view(kind.name, pk)
    return found[0]


def get_changeable_record(kind: Kind, user, pk: int, *, lock: bool = False) -> Any:
    """A record that the user may change; one that they can only see is a 403, any other a 404.

    With `lock`, it is locked until the end of the transaction, so that it can't change between the check and the write.
    """
    if lock:
        kind.model.objects.changeable_by(user).lock_one(pk)
    row = get_visible_record(kind, user, pk)
    if not row.may_change:
        raise PermissionDenied
    return row


def changeable_row_queryset(kind: Kind, user, rows: Any, pk: int) -> Any:
    """This one of the rows, if the user may change it; one that they can only see is a 403."""
    if rows.filter(pk=pk).exists() and not rows.changeable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return rows.changeable_by(user).filter(pk=pk)
