"""The user's access to an import, and the summary it shows while it waits, runs, or has stopped."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Import
from crm.records.kinds.kind_registry import KINDS
from crm.templatetags.look import number


def get_own_import(request, pk: int, *, locked: bool = True) -> Import:
    """The user's own import, locked while a POST changes it. Raises Http404, or PermissionDenied for users who may no
    longer import such records."""
    imports = Import.objects.of_user(request.user)
    locking = locked and request.method == "POST"
    rows = imports.select_for_update(no_key=True, of=("self",)) if locking else imports
    imported = rows.select_related("job", "user", "operation").filter(pk=pk).first()
    check_imports(request.user, imported)
    if imported is None:
        raise Http404
    return imported


def get_visible_import(request, pk: int) -> Import:
    """The user's own import, or a colleague's receipt for users who can see everyone's imports. Raises like own_import."""
    done = Import.objects.visible_to(request.user).done().select_related("job", "user", "operation")
    imported = done.filter(pk=pk).first()
    if imported is None or imported.user_id == request.user.pk:
        return get_own_import(request, pk)
    check_imports(request.user, imported)
    return imported


def check_imports(user, imported: Import | None) -> None:
    """Raises PermissionDenied for users who may not import the records of this file or, without a file, any records."""
    kinds = [KINDS[imported.table]] if imported else KINDS.values()
    if not any(kind.may_import(user) for kind in kinds):
        raise PermissionDenied


def get_redirect_to_required_page(imported: Import, *states: str):
    """The page where the user has to go first if the import isn't in one of these states, or None."""
    if imported.has_unfinished_job or imported.state not in states or not imported.rows_kept:
        return redirect("imports:import", imported.pk)
    return None


def describe_file(imported: Import) -> str:
    """hannover-2026.xlsx, sheet “Contacts”, 522 rows, 11 columns"""
    rows = ngettext("%(number)s row", "%(number)s rows", imported.rows) % {"number": number(imported.rows)}
    width = len(imported.columns)
    columns = ngettext("%(number)s column", "%(number)s columns", width) % {"number": number(width)}
    sheet = [_("sheet “%(sheet)s”") % {"sheet": imported.sheet}] if imported.sheet else []
    return ", ".join([imported.name, *sheet, rows, columns])


def estimate_pace(job) -> dict[str, int]:
    """Rows per second and seconds left of a running job; empty until they can be estimated."""
    seconds = (timezone.now() - job.started_at).total_seconds() if job.started_at else 0
    if seconds < 1 or not job.done or job.done >= job.total:
        return {}
    rate = job.done / seconds
    return {"rate": round(rate), "left": max(1, round((job.total - job.done) / rate))}
