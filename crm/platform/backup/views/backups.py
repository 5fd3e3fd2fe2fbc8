"""Backups: the last one, those on this server, the schedule, and making one now. Only for administrators."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.models import Job
from crm.platform import jobs
from crm.platform.backup.backup_files import BackupFile, get_backup_folder, get_local_backups
from crm.platform.backup.backup_jobs import BACKUP, NIGHTLY
from crm.platform.backup.last_backup import BACKUP_AFTER, get_last_backup_time
from crm.platform.backup.nightly_backup import HOUR, HOURS
from crm.platform.database.read_routing import on_primary
from crm.platform.files.storage_settings import is_bucket
from crm.platform.web.responses import render_response


def require_administrator_with(permission: str) -> Callable[..., Callable[..., HttpResponse]]:
    """A backup has the records of all departments, so a permission alone isn't enough."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @permission_required(permission, raise_exception=True)
        def wrapped_view(request, *arguments, **keywords):
            if not request.user.is_administrator:
                raise PermissionDenied
            return view(request, *arguments, **keywords)

        return wrapped_view

    return decorate


@on_primary
@require_safe
@require_administrator_with("crm.view_backups")
def backups(request):
    found, last = get_local_backups(), get_last_backup_time()
    newest = found[0] if found else None
    context = {
        "backups": found,
        "last": last,
        "is_old": last is not None and timezone.now() - last > BACKUP_AFTER,
        "newest": newest,
        # The file of the newest backup is on the machine that made it.
        "is_elsewhere": last is not None and (newest is None or newest.made_at < last),
        "job": Job.objects.of_kinds(BACKUP, NIGHTLY).select_related("user").newest_first().first(),
        "folder": get_backup_folder(),
        "kept": settings.BACKUPS_KEPT,
        "is_embedded": not settings.ENVIRONMENT.database_url,
        "hours": (f"{HOUR:02}:00", f"{HOUR + HOURS:02}:00"),
        "encrypts": bool(settings.BACKUP_KEYS),
        "has_bucket": is_bucket(settings.FILES),
        "home": settings.BASE_DIR,
        "practiced": describe_source(newest),
        "practice": settings.DATA.with_name(f"{settings.DATA.name}-practice"),
    }
    fragments = {"backups": "backups/_state.html"}
    return render_response(request, "backups/list.html", context, fragments=fragments)


def describe_source(newest: BackupFile | None) -> str:
    """The newest backup as the command to restore it names it, with the key that an encrypted one requires."""
    if newest is None:
        return f"{get_backup_folder()}/leadwell-….tar"
    return f"{newest.path} KEY=/safe/place/leadwell.key" if newest.is_encrypted else str(newest.path)


@require_POST
@require_administrator_with("crm.view_backups")
def backup_new(request):
    if Job.objects.unfinished().of_kinds(BACKUP, NIGHTLY).exists():
        messages.warning(request, _("A backup is being made already."))
    else:
        jobs.start_job(BACKUP, request.user, {})
    return redirect("backups")
