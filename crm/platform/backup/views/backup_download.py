"""Downloading a backup of this server, after the password again."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.backup.backup_files import find_local_backup
from crm.platform.backup.views.backups import require_administrator_with
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@transaction.non_atomic_requests
@require_safe
@require_administrator_with("crm.download_backups")
@require_confirmation
def backup_download(request, name):
    backup = find_local_backup(name)
    try:
        file = backup.path.open("rb") if backup else None
    except FileNotFoundError:
        file = None
    if backup is None or file is None:
        messages.warning(request, _("This backup is no longer on this server."))
        return redirect("backups")
    write_security_line("backup_downloaded", file=backup.name)
    response = FileResponse(file, as_attachment=True, filename=backup.name, content_type="application/x-tar")
    response["Cache-Control"] = "no-store"
    return response
