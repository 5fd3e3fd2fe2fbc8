"""The page of something that belongs to a record, such as an activity or a task: saving its form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.records.kinds.kind_registry import Kind
from crm.records.listing.way_back import get_record_url


def save_changes_or_redraw(
    request,
    kind: Kind,
    record: Any,
    row: Any,
    form: Any,
    *,
    draw: Callable[..., HttpResponse],
    write: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Write what was changed, unless another user was faster. `write` gets the changes, `draw` shows the form again.

    Raises PermissionDenied without a form, which is what a user gets who may not change the row.
    """
    if form is None:
        raise PermissionDenied
    if form.is_valid() and request.POST.get("version") != str(row.version):
        form.add_error(None, _("It was changed since you opened the page. Save again to overwrite it."))
    if not form.is_valid():
        return draw(status=422)
    if changes := form.get_changes(row):
        write(changes)
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(get_record_url(request, kind, record.pk))
