"""Reactivate a user."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.users.deactivation import get_last_reassignment, reactivate
from accounts.users.user_access import get_changeable_user
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@require_POST
@permission_required("accounts.delete_user", raise_exception=True)
@require_confirmation
def user_reactivate(request, pk):
    person = get_changeable_user(request.user, pk)
    if person.is_active:
        return redirect("user", pk)
    views = reactivate(person)
    write_security_line("user_reactivated", of=person.pk, of_email=person.email)
    record = get_last_reassignment(person, request.user)
    if record:
        text = _(
            "%(name)s can sign in again. Their former leads stay with the current owners "
            "unless you undo the reassignment."
        )
        messages.success(request, text % {"name": person.name}, extra_tags=f"undo-{record.pk}")
    else:
        messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    if views:
        text = ngettext(
            "%(number)s shared view belongs to them again.",
            "%(number)s shared views belong to them again.",
            views,
        )
        messages.success(request, text % {"number": views})
    return redirect("user", pk)
